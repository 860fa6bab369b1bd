"""Memory and disk are bounded, and what does not fit is counted and reported."""

from __future__ import annotations

from deliberation.client import begin_run
from tests.sdk.waiting import holding, wait_until

BURST = 10_000


def test_a_burst_of_ten_thousand_events_is_bounded_counted_and_waits_for_nobody(
    make_client, server
):
    client = make_client(buffer_events=1_000)
    run = begin_run(client, "q")
    most = 0
    with holding(server):
        run.start()
        for rank in range(BURST // 2):
            with run.node("sample", rank=rank):
                pass
            most = max(most, client.stats().waiting)
        assert not server.posts, "nothing was answered meanwhile"
    run.end()
    assert client.flush(60)
    assert client.flush(30)
    stats = client.stats()
    assert most <= 1_000 + 256 + 512, "buffer, its reserve, and the batch in hand"
    assert stats.dropped > 0
    assert stats.accepted + stats.dropped == stats.made >= BURST + 2
    reported = sum(event.missing for event in server.of("gap.reported"))
    assert reported == stats.dropped
    assert server.of("gap.reported")[0].cause == "buffer_full"
    assert server.of("run.ended"), "the end of a run has room of its own"


def test_a_full_buffer_by_bytes_refuses(make_client, server):
    client = make_client(buffer_bytes=100_000)
    server.go_away()
    with begin_run(client, "q") as run:
        for _ in range(10):
            run.node("step", text="x" * 60_000).end()
    assert client.stats().dropped > 0


def test_a_full_spool_drops_the_oldest_and_reports_it(make_client, server, tmp_path):
    spool = tmp_path / "spool"
    client = make_client(spool=spool, spool_bytes=100_000, segment_bytes=20_000)
    server.go_away()
    runs = []
    for _ in range(20):
        with begin_run(client, "q") as run:
            run.node("step", text="x" * 20_000).end()
        runs.append(run.id)
        wait_until(lambda: not client.stats().waiting)
    assert sum(path.stat().st_size for path in spool.iterdir()) <= 130_000
    lost = client.stats().dropped
    assert lost > 0
    server.start()
    assert client.flush(30)
    assert client.flush(30), "the gaps are reported once the server answers"
    gaps = server.of("gap.reported")
    assert sum(event.missing for event in gaps) == lost
    assert {event.cause for event in gaps} == {"spool_full"}
    assert {event.run for event in gaps} < set(runs)
    assert server.of("run.ended")[-1].run == runs[-1], "what is newest is kept"
    stats = client.stats()
    assert stats.accepted + stats.dropped == stats.made


def test_a_directory_that_cannot_be_written_is_no_trouble(make_client, server, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    client = make_client(spool=blocker / "spool")
    with begin_run(client, "q"):
        pass
    assert client.flush(30)
    assert len(server.events) == 2


def test_an_idle_client_leaves_no_file_behind(make_client, server, tmp_path):
    client = make_client(spool=tmp_path / "spool")
    with begin_run(client, "q"):
        pass
    client.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_the_spool_is_for_its_owner_alone(make_client, server, tmp_path):
    client = make_client(spool=tmp_path / "spool")
    with begin_run(client, "q"):
        client.flush(30)
        (segment,) = (tmp_path / "spool").iterdir()
        assert segment.stat().st_mode & 0o777 == 0o600
        assert segment.parent.stat().st_mode & 0o777 == 0o700
