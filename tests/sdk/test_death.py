"""Programs that are killed, that fork, and that end."""

from __future__ import annotations

import os
import signal
import time

import pytest

from deliberation.client import begin_run
from tests.sdk.programs import run_to_its_end, start
from tests.sdk.waiting import wait_until


def segments(spool):
    return [path for path in spool.rglob("*.ndjson") if path.stat().st_size]


def test_a_program_that_ends_sends_what_it_has(server, tmp_path):
    run_to_its_end(
        """
        run = dl.run("q").start()
        run.node("step").start()
        """,
        server,
        tmp_path,
    )
    assert [event.KIND for event in server.events] == ["run.started", "node.started"]


def test_a_program_that_is_killed_leaves_its_spool_to_the_next(server, tmp_path):
    server.go_away()
    script = """
        with dl.run("q") as run:
            for rank in range(100):
                with run.node("sample", rank=rank):
                    pass
            while dl.stats().waiting:
                time.sleep(0.01)
            print(run.id, flush=True)
            time.sleep(60)
        """
    with start(script, server, tmp_path) as process:
        run_id = process.stdout.readline().strip()
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    assert segments(tmp_path)
    server.start()
    run_to_its_end(
        """
        with dl.run("next"):
            pass
        deadline = time.monotonic() + 30
        while dl.stats().recovered < 201 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert dl.stats().recovered == 201, dl.stats()
        """,
        server,
        tmp_path,
    )
    assert sum(event.run == run_id for event in server.events) == 201
    assert not segments(tmp_path)


def test_a_program_that_ends_without_a_server_leaves_its_spool_and_is_quick(server, tmp_path):
    server.go_away()
    before = time.monotonic()
    run_to_its_end('with dl.run("q") as run: run.node("step").end()', server, tmp_path)
    assert time.monotonic() - before < 25, "it may wait for 30 s for a server that answers"
    (segment,) = segments(tmp_path)
    assert segment.read_bytes().count(b"\n") == 4


def test_a_torn_last_line_costs_only_itself(make_client, server, tmp_path):
    client = make_client(spool=tmp_path)
    with begin_run(client, "q") as run:
        client.flush(30)
        whole = b'{"v":1,"kind":"node.started","run":"%s","key":"p:1","node":"n"}' % run.id.encode()
        (tmp_path / "0-torn.ndjson").write_bytes(whole + b"\n" + whole[:30])
        (tmp_path / "0-empty.ndjson").write_bytes(b"")
    client.close()
    again = make_client(spool=tmp_path)
    with begin_run(again, "q"):
        again.flush(30)
        wait_until(lambda: again.stats().recovered == 1)
    assert [event.key for event in server.of("node.started")] == ["p:1"]
    again.close()
    assert list(tmp_path.iterdir()) == []


def test_a_living_program_keeps_its_spool_to_itself(make_client, server, tmp_path):
    server.go_away()
    one, other = make_client(spool=tmp_path), make_client(spool=tmp_path)
    for client in (one, other):
        with begin_run(client, "q"):
            pass
    server.start()
    assert one.flush(30)
    assert other.flush(30)
    assert (one.stats().accepted, one.stats().recovered) == (2, 0)
    assert (other.stats().accepted, other.stats().recovered) == (2, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_reports_under_its_own_name(server, tmp_path):
    run_to_its_end(
        """
        import multiprocessing
        def child(run, rank):
            with run.node("sample", rank=rank):
                pass
        if __name__ == "__main__":
            with dl.run("q") as run:
                run.node("step").start()
                context = multiprocessing.get_context("fork")
                children = [context.Process(target=child, args=(run, n)) for n in range(3)]
                for each in children:
                    each.start()
                for each in children:
                    each.join(30)
                    assert each.exitcode == 0
        """,
        server,
        tmp_path,
    )
    started = server.of("node.started")
    assert sorted(event.rank for event in started if event.rank is not None) == [0, 1, 2]
    assert len({event.key.rpartition(":")[0] for event in started}) == 4
    assert len(server.of("run.started")) == len(server.of("run.ended")) == 1
    assert server.repeated == 0
    assert not segments(tmp_path)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_a_signal_handler_may_report_in_the_middle_of_a_report(server, tmp_path):
    run_to_its_end(
        """
        import signal
        run = dl.run("q").start()
        signal.signal(signal.SIGALRM, lambda *_: run.node("thought").start())
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            run.node("step").start()
        signal.setitimer(signal.ITIMER_REAL, 0)
        run.end()
        dl.flush(30)
        stats = dl.stats()
        assert stats.accepted + stats.dropped == stats.made, stats
        """,
        server,
        tmp_path,
    )
    assert server.repeated == 0
    kinds = {event.node_kind.value for event in server.of("node.started")}
    assert kinds == {"step", "thought"}
