"""The examples that run on while the demo does, so that there is something to watch, to stop and to
approve.

Each makes at most `MOST_RUNS_AN_HOUR` runs an hour, however often it is stopped. What they cost is
measured in docs/reference/settings.md.
"""

from __future__ import annotations

import sys

from inspector.local.children import Program
from inspector.local.instance import Instance
from inspector.local.programs import TREE

MOST_RUNS_AN_HOUR = 12
REST = 3600 // MOST_RUNS_AN_HOUR
PACE = 5
"""Seconds a step: an iteration of the tree search has two, so that its run takes half an hour."""
ITERATIONS = 180


def live_examples(instance: Instance, *, seed: int) -> list[Program]:
    """A tree search of half an hour after the other, and an agent that waits for an approval."""
    outbox = str(instance.places.data / "demo-outbox")
    return [
        _example(instance, "mcts", seed, "--iterations", str(ITERATIONS)),
        _example(instance, "agent", seed, "--outbox", outbox),
    ]


def _example(instance: Instance, name: str, seed: int, *arguments: str) -> Program:
    """It is stopped before web is, so that it can still say how its run ended.

    Orphaned it finds nobody to tell: its last words stay in its spool, for the next start.
    """
    return Program(
        name=name,
        argv=[
            sys.executable,
            str(TREE / "sdk" / "examples" / f"{name}.py"),
            *("--forever", "--rest", str(REST), "--pace", str(PACE), "--seed", str(seed)),
            *arguments,
        ],
        log=instance.places.logs / f"{name}.log",
        env={**instance.env, "INSPECTOR_SPOOL": str(instance.places.data / "spool")},
        cwd=TREE,
        wave=-1,
        patience=5.0,
        niceness=10,
    )
