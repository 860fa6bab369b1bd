"""The seeded demo: finished runs for the first look, and two that run on and end with the house."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from inspector.env import read_assignments
from tests.integration.local.instances import TREE, Instance, await_none, open_directory

LIVE = ("examples/mcts.py", "examples/agent.py")


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    monkeypatch.setenv("PYTHONPATH", str(TREE / "sdk"))  # whatever tree's SDK is installed
    with open_directory() as place:
        instance = Instance(place / "data")
        yield instance
        with suppress(AttributeError, ProcessLookupError):
            instance.process.kill()
            instance.process.wait(60)
        await_none(instance.data_dir)


FINISHED = (*["completed"] * 6, "limit_exceeded")


def states(instance: Instance) -> list[str]:
    """The observed states of all runs."""
    known = read_assignments(instance.data_dir / "local.env")
    request = urllib.request.Request(
        f"http://127.0.0.1:{instance.port}/api/v1/runs",
        headers={"Authorization": f"Bearer {known['INSPECTOR_KEY']}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return sorted(run["observed_state"] for run in found["items"])


def await_states(instance: Instance, *expected: str) -> None:
    deadline = time.monotonic() + 120
    while (found := states(instance)) != sorted(expected):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def live(instance: Instance) -> list[int]:
    """The pids of the examples that run on."""
    lines = instance.children().items()
    return [pid for pid, line in lines if any(part in line for part in LIVE)]


def test_finished_runs_are_there_and_two_run_on_until_the_house_stops(instance: Instance) -> None:
    instance.start(DEMO="1").await_line("ready")
    instance.await_line("The demo is seeded", seconds=120)
    await_states(instance, *FINISHED, "running", "running")
    assert len(live(instance)) == 2
    assert instance.stop() == 0
    await_none(instance.data_dir)

    again = Instance(instance.data_dir, port=instance.port).start(DEMO="0")
    again.await_line("ready")
    await_states(again, *FINISHED, "cancelled", "cancelled")
    assert not live(again)
    assert again.stop() == 0


def test_what_runs_on_ends_with_a_supervisor_that_was_killed_and_says_so_at_the_next_start(
    instance: Instance,
) -> None:
    seeded = Path(instance.data_dir / "demo-seeded")
    seeded.parent.mkdir(parents=True)
    seeded.touch()
    instance.start(DEMO="1").await_line("ready")
    await_states(instance, "running", "running")
    instance.process.kill()
    while live(instance):
        time.sleep(0.05)
    again = Instance(instance.data_dir, port=instance.port).start(DEMO="1")
    again.await_line("ready")
    await_states(again, "running", "running", "cancelled", "cancelled")
    assert again.stop() == 0
