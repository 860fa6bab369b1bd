"""The same seed is the same run; a program that is told to end says how its run ended."""

from __future__ import annotations

import re
import signal
from dataclasses import replace

import pytest

import agent
import beam_search
import best_of_n
import deliberation as dl
import mcts
from deliberation import fake
from deliberation.events import Event
from deliberation.repeatable import repeatable_randbytes
from stage import Stage
from tests.sdk.examples.performing import EXAMPLES, begin, perform
from tests.sdk.waiting import wait_until

PROGRAMS = ("beam_search", "mcts", "best_of_n", "agent")
RUN = "01a19467-e800-7000-8000-000000000001"


@pytest.mark.parametrize("example", [beam_search, mcts, best_of_n, agent])
def test_the_same_seed_gives_the_same_events(example):
    def told(seed: int) -> list[Event]:
        with fake.server() as server:
            client = dl.configure(url=server.url, key=server.key, spool=False)
            names = {"run_id": RUN, "producer": "p", "randbytes": repeatable_randbytes("test")}
            example.play(Stage(seed=seed, names=names))
            client.close()
            return [replace(event, at=0) for event in server.events]

    assert told(5) == told(5)
    assert told(5) != told(6)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_plays_once_and_leaves(server, program):
    said = perform(server, program)
    (run,) = {event.run for event in server.events}
    assert f"{server.url}/runs/{run}" in said
    assert [event.state.value for event in server.of("run.ended")] == ["completed"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_server_less_it_plays_and_reports_to_nobody(server, program):
    perform(server, program, "--server-less")
    assert not server.requests


def test_played_again_as_the_same_words_nothing_is_recorded_twice(server):
    perform(server, "beam_search", "--played-as", "demo")
    once = len(server.events)
    perform(server, "beam_search", "--played-as", "demo")
    assert (len(server.events), server.repeated) == (once, once)
    perform(server, "beam_search", "--played-as", "another project's demo")
    assert len(server.events) == 2 * once


@pytest.mark.parametrize("program", ["mcts", "agent"])
def test_told_to_end_it_says_that_its_run_was_cancelled(server, program):
    with begin(server, program, "--pace", "0.3", "--forever") as process:
        wait_until(lambda: len(server.of("node.started")) > 3)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.splitlines()[-1] == "Interrupted."
    assert [event.state.value for event in server.of("run.ended")] == ["cancelled"]


def test_forever_plays_one_seed_after_the_other(server):
    with begin(server, "best_of_n", "--pace", "0", "--rest", "0.05", "--forever") as process:
        wait_until(lambda: len(server.of("run.ended")) >= 3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    tasks = [event.task for event in server.of("run.started")]
    assert len(tasks) == len(set(tasks)) >= 3


def test_what_does_not_arrive_is_said(server):
    server.fail_next(400, times=50)
    with begin(server, "best_of_n", "--pace", "0") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert re.search(r"(\d+) of \1 events did not arrive", err)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_option_is_documented(server, program):
    readme = (EXAMPLES / "README.md").read_text()
    options = set(re.findall(r"--[a-z-]+", perform(server, program, "--help"))) - {"--help"}
    assert options > {"--seed", "--forever"}
    assert not [option for option in options if f"`{option}" not in readme]
