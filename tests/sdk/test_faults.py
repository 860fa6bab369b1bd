"""Servers that are down, die, come back, are slow or say no."""

from __future__ import annotations

import threading
import time

import pytest

from deliberation.client import begin_run
from tests.sdk.waiting import holding, wait_until


def work(client, nodes=10):
    with begin_run(client, "q") as run:
        for rank in range(nodes):
            with run.node("sample", rank=rank):
                pass
    return run


def assert_nothing_is_lost(client, server, runs, nodes=10):
    stats = client.stats()
    assert (stats.dropped, stats.rejected, stats.spooled, stats.waiting) == (0, 0, 0, 0)
    assert stats.accepted == stats.made == len(server.events) == runs * (2 + 2 * nodes)


def test_a_server_that_is_down_at_the_start_gets_everything_when_it_comes(client, server):
    server.go_away()
    before = time.monotonic()
    work(client)
    assert time.monotonic() - before < 25, "it may wait for 30 s for a server that answers"
    wait_until(lambda: client.stats().spooled == 22)
    server.start()
    assert client.flush(30)
    assert_nothing_is_lost(client, server, runs=1)


def test_without_a_spool_events_wait_in_memory(make_client, server):
    client = make_client(spool=None)
    server.go_away()
    work(client)
    work(client)
    wait_until(lambda: client.stats().waiting == 44)
    server.start()
    assert client.flush(30)
    assert_nothing_is_lost(client, server, runs=2)


def test_a_server_that_dies_in_the_middle_of_a_run_loses_nothing(client, server):
    with begin_run(client, "q") as run:
        for rank in range(200):
            if rank == 50:
                assert client.flush(30)
                server.go_away()
            if rank == 150:
                server.start()
            with run.node("sample", rank=rank):
                pass
    assert client.flush(30)
    assert_nothing_is_lost(client, server, runs=1, nodes=200)
    keys = [int(event.key.rpartition(":")[2]) for event in server.events]
    assert keys == sorted(keys)


@pytest.mark.parametrize("status", [500, 502, 503, 408, 302])
def test_what_may_pass_is_tried_again(client, server, status):
    server.fail_next(status, times=2)
    work(client)
    assert client.flush(30)
    assert_nothing_is_lost(client, server, runs=1)
    assert [request.answered for request in server.posts][:3] == [status, status, 200]


def test_a_retry_after_is_kept_to_and_cannot_be_hurried(client, server):
    server.fail_next(429, retry_after="1")
    work(client)
    assert client.flush(30)
    first, second = server.posts[:2]
    assert (first.answered, second.answered) == (429, 200)
    assert second.at - first.at >= 0.95
    assert_nothing_is_lost(client, server, runs=1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_never_sent_again(client, server, caplog, status):
    server.fail_next(status)
    work(client)
    assert client.flush(30) or client.stats().rejected
    assert client.stats().rejected > 0
    assert client.stats().spooled == 0
    assert sum(f"status {status}" in record.message for record in caplog.records) == 1
    assert server.repeated == 0


def test_a_body_that_is_too_large_is_sent_in_halves(make_client, server):
    client = make_client()
    with begin_run(client, "q") as run:
        with holding(server):
            wait_until(lambda: server.of("run.started"))
            server.fail_next(413, times=2)
            for _ in range(10):
                run.node("step").end()
        client.flush(30)
    assert [request.answered for request in server.posts[:4]] == [200, 413, 413, 200]
    assert_nothing_is_lost(client, server, runs=1)


def test_a_run_that_is_refused_does_not_cost_the_others(make_client, server):
    client = make_client()
    runs = [begin_run(client, "q").start() for _ in range(3)]
    client.flush(30)
    with holding(server):
        runs[0].node("plan").start()
        wait_until(lambda: server.of("node.started"))
        server.fail_next(404, times=2)  # the whole batch, then its first run alone
        for run in runs:
            run.node("step").start()
    assert client.flush(30)
    steps = [each.run for each in server.of("node.started") if each.node_kind == "step"]
    assert steps == [run.id for run in runs[1:]]
    assert client.stats().rejected == 1


def test_a_slow_server_holds_the_program_up_for_no_longer_than_said(make_client, server, tmp_path):
    client = make_client(spool=tmp_path, exit_seconds=0.5, timeout=60)
    with holding(server):
        with begin_run(client, "q") as run:
            for rank in range(1_000):
                with run.node("sample", rank=rank):
                    pass
            before = time.monotonic()
        at_exit = time.monotonic() - before
        client.close()
        assert not server.posts, "nothing was answered meanwhile"
    assert at_exit > 0.4
    assert client.stats().dropped == 0


def test_a_server_that_hangs_up_is_asked_again(client, server):
    work(client)
    for connection in range(3):
        server.go_away()
        server.start()
        work(client)
        assert client.flush(30), connection
    assert client.stats().accepted == 4 * 22


def test_lines_that_the_server_refuses_are_counted_and_said(client, server, caplog):
    from deliberation.client.line import Line

    with begin_run(client, "q") as run:
        client.put(Line(run.id, b'{"kind":"node.melted"}'))
    assert client.stats().rejected == 1
    assert client.stats().accepted == 2
    assert "kind: must be one of" in caplog.text


def test_heads_are_kept_in_a_file_when_asked_for(make_client, server, tmp_path):
    heads = tmp_path / "heads"
    client = make_client(heads_file=heads)
    run = work(client)
    client.flush(30)
    assert heads.read_text().splitlines()[-1] == run.head


def test_what_is_left_at_the_end_without_a_spool_is_counted_as_dropped(make_client, server):
    client = make_client(spool=None)
    server.go_away()
    work(client)
    client.close()
    stats = client.stats()
    assert (stats.made, stats.dropped, stats.waiting) == (22, 22, 0)


def test_what_comes_after_the_end_is_counted_as_dropped(client, server):
    run = work(client)
    client.close()
    run.node("step").start()
    assert client.stats().dropped == 1


def test_a_flush_does_not_sleep_through_the_servers_return(make_client, server):
    client = make_client(spool=None, retry_first=60.0, retry_most=60.0)
    server.go_away()
    work(client)
    started = threading.Timer(0.5, server.start)
    started.start()
    assert client.flush(30)
    started.join()
    assert_nothing_is_lost(client, server, runs=1)
