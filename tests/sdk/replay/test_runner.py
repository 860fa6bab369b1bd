"""A runner serves replays: it claims, owns a process for each, and says how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import deliberation as dl
from deliberation.cli import main
from deliberation.client import Settings
from deliberation.runner.doorbell import Doorbell
from deliberation.runner.work import Work
from deliberation.supervisor.process import is_alive
from deliberation.vocabulary import ObservedState
from tests.sdk.programs import environ
from tests.sdk.replay.repeating import answer_of, keys, of
from tests.sdk.waiting import wait_until

PROGRAM = """
import os, pathlib, sys, time
import deliberation as dl

@dl.entry_point(version="1")
def solve(*, words, hold=None):
    with dl.run("q") as run:
        said = [run.tool("ask", word).perform(ask) for word in words]
        if hold and run.recorder.replay:
            pathlib.Path(hold).write_text(str(os.getpgrp()))
            print("holding", file=sys.stderr, flush=True)
            while True:
                time.sleep(0.01)
        run.finish(answer=" ".join(said))

def ask(tool):
    with open(os.environ["ASKED"], "a") as asked:
        asked.write(tool.arguments + "\\n")
    return tool.arguments.upper()

@dl.entry_point(version="1")
def fail(*, words):
    with dl.run("q") as run:
        run.tool("ask", "x").perform(ask)
        raise ValueError("out of order")

@dl.entry_point(version="1")
def die(*, words):
    print("no more", file=sys.stderr, flush=True)
    os._exit(3)
"""


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Everything that was really asked, a word a line."""
    path = tmp_path / "asked"
    path.touch()
    monkeypatch.setenv("ASKED", str(path))
    return path


@pytest.fixture
def program(tmp_path, monkeypatch, asked):
    (tmp_path / "program.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("program", None)
    import program

    yield program
    sys.modules.pop("program", None)


@contextmanager
def runner(server, *names: str, cwd) -> Iterator[subprocess.Popen[str]]:
    given = {"INSPECTOR_URL": server.url, "INSPECTOR_KEY": server.key, "INSPECTOR_SPOOL": "off"}
    process = subprocess.Popen(
        [sys.executable, "-m", "deliberation.cli", "runner", "--grace", "5", *names],
        env={**environ(), **given},
        cwd=cwd,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.fixture
def recorded(stage, program):
    def play(**given):
        return stage.play(program.solve, **given)

    return play


def events_of(server, asked):
    return [event for event in server.events if event.run == asked.run_id]


def test_it_works(server, recorded, asked, tmp_path):
    events = recorded(words=["a", "b"])
    server.replays.poll_seconds = 0.05
    with runner(server, "program:solve", "program:die", cwd=tmp_path) as process:
        for _ in range(2):
            replay = server.ask_replay(events[0].run)
            server.replays.wait_for(replay, "completed", "failed")
            assert (replay.state, replay.reason) == ("completed", "")
            repeated = events_of(server, replay)
            assert (keys(repeated), answer_of(repeated)) == (keys(events), "A B")
        live = server.ask_replay(events[0].run, "live", overrides={"words": ["c"]})
        server.replays.wait_for(live, "completed", "failed")
        assert answer_of(events_of(server, live)) == "C"
        process.terminate()
        assert process.wait(60) == 0
    assert asked.read_text().split() == ["a", "b", "c"]
    (known,) = server.replays.runners.values()
    assert [each["entry_point"] for each in known["entries"]] == ["program:solve", "program:die"]
    assert known["entries"][0]["parameters_schema"]["required"] == ["words"]
    (started,) = of(repeated, "run.started")
    assert started.entry_point == "program:solve"
    assert started.code_digest == known["entries"][0]["code_digest"]


def test_a_replay_that_is_cancelled_is_ended_with_all_of_its_group(server, recorded, tmp_path):
    server.replays.poll_seconds = server.replays.lease_seconds = 0.3
    hold = tmp_path / "hold"
    events = recorded(words=["a"], hold=str(hold))
    with runner(server, "program:solve", cwd=tmp_path):
        replay = server.ask_replay(events[0].run)
        wait_until(lambda: hold.exists() and hold.read_text(), 60)
        replay.is_cancelled = True
        server.replays.wait_for(replay, "failed")
        assert replay.reason == "it was cancelled"
        assert "holding" in replay.last_words
        wait_until(lambda: not is_alive(int(hold.read_text())))
    wait_until(lambda: of(events_of(server, replay), "run.ended"))
    assert of(events_of(server, replay), "run.ended")[0].state is ObservedState.CANCELLED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_runner_that_ends_takes_its_replay_with_it(server, recorded, tmp_path, number):
    server.replays.poll_seconds = 0.05
    hold = tmp_path / "hold"
    events = recorded(words=["a"], hold=str(hold))
    with runner(server, "program:solve", cwd=tmp_path) as process:
        replay = server.ask_replay(events[0].run)
        wait_until(lambda: hold.exists() and hold.read_text(), 60)
        os.kill(process.pid, number)
        process.wait(60)
        wait_until(lambda: not is_alive(int(hold.read_text())))
    if number == signal.SIGTERM:
        assert (replay.state, replay.reason) == ("failed", "the runner was ended")


def test_what_a_program_raises_is_told_one_that_dies_has_last_words_and_a_server_may_go_away(
    server, stage, program, tmp_path
):
    server.replays.poll_seconds = 0.05
    with pytest.raises(ValueError, match="out of order"):
        stage.play(program.fail, words=[])
    dl.flush(30)
    (started,) = server.of("run.started")
    with runner(server, "program:fail", "program:die", cwd=tmp_path):
        raised = server.ask_replay(started.run)
        server.replays.wait_for(raised, "completed", "failed")
        assert (raised.state, raised.reason) == ("completed", "ValueError: out of order")
        assert "Traceback" in raised.last_words
        dead = server.ask_replay(started.run, entry_point="program:die")
        server.replays.wait_for(dead, "completed", "failed")
        assert (dead.state, dead.reason) == ("failed", "the process ended with exit code 3")
        assert dead.last_words == "no more\n"
        server.go_away()
        server.replays.runners.clear()  # as one that has forgotten all
        server.start()
        again = server.ask_replay(started.run)
        server.replays.wait_for(again, "completed")


def test_nothing_is_begun_that_the_runner_was_not_started_for():
    told = []

    class Heard:
        def conclude(self, job, *said):
            told.append(said)

        lease_seconds = 15.0

    job = {"id": "1", "attempt": 1, "entry_point": "program:die", "mode": "live"}
    bell = Doorbell()
    Work(Heard(), Settings(), {}, bell, names=["program:solve"], grace=1).do(job)
    bell.close()
    assert told == [("failed", "program:die is not served here", "")]


@pytest.mark.parametrize(
    ("names", "key", "code", "said"),
    [
        (["program"], None, 2, "name it as module:function"),
        (["program:ask"], None, 2, "is no entry point"),
        (["nowhere:solve"], None, 2, "No module named"),
        (["program:solve"], "wrong", 1, "The key is not known."),
    ],
)
def test_what_cannot_be_served_is_said_at_once(
    server, program, tmp_path, monkeypatch, capsys, names, key, code, said
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    given = ["--url", server.url, "--key", key or server.key, *names]
    assert main(["runner", *given]) == code
    assert said in capsys.readouterr().err
