"""The same seed is the same run; a program that is told to end says how its run ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

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

EXAMPLES = Path(agent.__file__).parent
PROGRAMS = ("beam_search", "mcts", "best_of_n", "agent")
RUN = "01a19467-e800-7000-8000-000000000001"


def command(program: str, *arguments: str) -> list[str]:
    return [sys.executable, str(EXAMPLES / f"{program}.py"), *arguments]


def environment(server: fake.Server) -> dict[str, str]:
    given = {"INSPECTOR_URL": server.url, "INSPECTOR_KEY": server.key, "INSPECTOR_SPOOL": "off"}
    return {**os.environ, "PYTHONPATH": str(EXAMPLES.parent), **given}


def performed(server: fake.Server, program: str, *arguments: str) -> str:
    done = subprocess.run(
        command(program, "--pace", "0", *arguments),
        env=environment(server),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def await_events(server: fake.Server, kind: str, count: int = 1) -> None:
    deadline = time.monotonic() + 20
    while len(server.of(kind)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


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
    said = performed(server, program)
    (run,) = {event.run for event in server.events}
    assert f"{server.url}/runs/{run}" in said
    assert [event.state.value for event in server.of("run.ended")] == ["completed"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_server_less_it_plays_and_reports_to_nobody(server, program):
    performed(server, program, "--server-less")
    assert not server.requests


def test_played_again_as_the_same_words_nothing_is_recorded_twice(server):
    performed(server, "beam_search", "--played-as", "demo")
    once = len(server.events)
    performed(server, "beam_search", "--played-as", "demo")
    assert (len(server.events), server.repeated) == (once, once)
    performed(server, "beam_search", "--played-as", "another project's demo")
    assert len(server.events) == 2 * once


@pytest.mark.parametrize("program", ["mcts", "agent"])
def test_told_to_end_it_says_that_its_run_was_cancelled(server, program):
    paced = command(program, "--pace", "0.3", "--forever")
    running = subprocess.Popen(paced, env=environment(server), stdout=subprocess.PIPE, text=True)
    await_events(server, "node.started", 3)
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=10)
    assert running.returncode == 0
    assert out.splitlines()[-1] == "Interrupted."
    assert [event.state.value for event in server.of("run.ended")] == ["cancelled"]


def test_forever_plays_one_seed_after_the_other(server):
    endless = command("best_of_n", "--pace", "0", "--rest", "0.05", "--forever")
    running = subprocess.Popen(endless, env=environment(server), stdout=subprocess.PIPE)
    await_events(server, "run.ended", 3)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=10)
    assert running.returncode == 0
    tasks = [event.task for event in server.of("run.started")]
    assert len(tasks) == len(set(tasks)) >= 3


def test_what_does_not_arrive_is_said(server):
    server.fail_next(400, times=50)
    done = subprocess.run(
        command("best_of_n", "--pace", "0"),
        env=environment(server),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Not all arrived" in done.stderr
