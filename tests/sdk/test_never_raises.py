"""The program around the client never notices it."""

from __future__ import annotations

import sys
import time

import pytest

import deliberation as dl
from deliberation.client import Client, Settings, begin_run
from deliberation.client.settings import MAX_PART_BYTES


class Rude:
    def __repr__(self):
        raise RuntimeError("no")


def test_it_works_without_a_server():
    client = Client(Settings())
    with begin_run(client, "q", strategy="beam") as run, run.node("sample") as sample:
        sample.candidate(answer="42")
        run.finish(selected=sample)
    assert client.stats() == dl.Stats()
    assert client.flush(0) is True


def test_without_a_server_a_node_costs_microseconds():
    client = Client(Settings())
    with begin_run(client, "q") as run:
        before = time.thread_time()
        for rank in range(2_000):
            with run.node("sample", rank=rank):
                pass
        each = (time.thread_time() - before) / 2_000
    assert each < 0.001


def test_a_wrong_word_is_left_out_counted_and_said_once(client, server, caplog):
    with begin_run(client, "q", strategy="magic") as run:
        for _ in range(3):
            run.node("daydream", rank="first").end()
    assert [event.node_kind for event in server.of("node.started")] == [None] * 3
    assert server.of("run.started")[0].strategy is None
    assert client.stats().invalid == 7
    assert sum("node_kind" in record.message for record in caplog.records) == 1


def test_an_event_that_lacks_what_it_needs_is_left_out_whole(client, server):
    with begin_run(client, "q") as run:
        run.node("sample").verdict("unit_test", outcome="splendid")
    assert not server.of("verdict.given")
    assert client.stats().invalid == 2
    numbers = [int(event.key.rpartition(":")[2]) for event in server.events]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize(
    "misuse",
    [
        lambda run: run.select(None),
        lambda run: run.finish(selected="the first", answer=Rude()),
        lambda run: run.node("sample", parent="n1").start(),
        lambda run: run.node("sample").edge("revises", None),
        lambda run: run.node("sample").score(value=float("nan"), scale=(1, 2, 3)),
        lambda run: run.node("sample").score(value="high", visits=1.5),
        lambda run: run.node("sample").discard(None, verdict=3),
        lambda run: run.node("sample").verdict(None, None, verifier=5),
        lambda run: run.node("sample", text=Rude(), attributes={Rude(): 1}).start(),
        lambda run: run.node(None, name=7, rank=10**30).start(),
        lambda run: run.model_call(model=None, input={1, 2}).start(),
        lambda run: run.tool("t", arguments=object(), side_effect=4, retries=9).start(),
    ],
)
def test_misuse_never_raises(client, server, misuse):
    server.decide_all("approve")  # an effect in no word of ours is asked about
    with begin_run(client, "q") as run:
        misuse(run)
    assert server.of("run.ended")[0].state.value == "completed"
    assert client.stats().rejected == 0


def test_a_budget_that_is_none_never_raises(client, server):
    with begin_run(client, "q", budget=5, models=7, run_id="mine"):
        pass
    assert server.of("run.ended")
    assert client.stats().invalid == 3


def test_values_become_text_as_they_are(client, server):
    circle: list = []
    circle.append(circle)
    given = ["a\x00b", {"é": 1}, {1, 2}, b"x", Rude(), circle, 12.5, [object]]
    with begin_run(client, "q") as run:
        for value in given:
            run.node("step", text=value).end()
    texts = [event.text for event in server.of("node.started")]
    assert texts[:2] == ["a\x00b", '{"é": 1}']
    assert texts[3] == "\"b'x'\""
    assert texts[5:7] == ["[[...]]", "12.5"]


def test_lone_surrogates_arrive(client, server):
    with begin_run(client, "q") as run:
        run.node("step", text="a\ud800b").end()
    assert server.of("node.started")[0].text == "a\ud800b"


def test_a_huge_text_is_cut_and_says_so(client, server):
    huge = "é" * MAX_PART_BYTES
    with begin_run(client, huge) as run:
        run.node("step", text=huge, attributes={"a": 1}).end()
    node, run_started = server.of("node.started")[0], server.of("run.started")[0]
    assert len(node.text.encode()) == MAX_PART_BYTES
    assert node.attributes == '{"a": 1, "deliberation.truncated": ["text"]}'
    assert run_started.task.endswith(f"[cut by the client after {MAX_PART_BYTES} bytes]")


def test_an_address_that_is_none_disables_the_client(caplog):
    client = Client(Settings(url="ftp://example", key="k"))
    with begin_run(client, "q") as run, run.node("step"):
        pass
    client.close()
    assert "not an http or https address" in caplog.text


def test_the_package_needs_nothing_but_python():
    foreign = {"django", "celery", "redis", "psycopg", "requests", "httpx"}
    import subprocess

    script = "import deliberation, deliberation.fake, deliberation.cli, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=_environ()
    )
    assert not foreign & set(loaded.stdout.split())


def _environ():
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
