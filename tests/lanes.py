"""Runs the whole suite: `python -m tests.lanes`. Two rounds of two lanes side by side, then what needs calm.

The lanes of the first round compute, each about as much as the other: they keep two cores busy. Those of the second
mostly wait: for a browser, for a program that was started, for a second to pass. Each lane has servers of its own,
unless DATABASE_URL names one for all: then one lane follows the other. What a hidden lane said is printed when its
round is over, so that it reads as if it had come after.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

NOTHING_COLLECTED = 5


@dataclass(frozen=True, slots=True)
class Lane:
    """Folders and files that one pytest runs, but for some of them."""

    paths: tuple[str, ...]
    without: tuple[str, ...] = ()

    def start(self, said: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Starts pytest on it; what it says goes to the terminal, or into a file."""
        ignored = [f"--ignore={path}" for path in self.without]
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *self.paths, *ignored],
            stdout=said,
            stderr=said,
        )


LOCAL = "tests/integration/local"
CORPUS = "tests/integration/corpus"
ROUNDS = (
    (
        Lane(("tests/integration",), without=(LOCAL, CORPUS)),
        Lane(("tests/unit", "tests/architecture", CORPUS)),
    ),
    (Lane(("tests/browser",)), Lane(("tests/sdk",))),
    (Lane(("tests/load", LOCAL)),),
)


def main() -> int:
    """Return 0 when all of it passed."""
    print("Lanes side by side; a hidden one is printed when its round is over.", flush=True)
    run = _run_in_turn if "DATABASE_URL" in os.environ else _run_side_by_side
    codes = [code for lanes in ROUNDS for code in run(lanes)]
    return max(0 if code == NOTHING_COLLECTED else abs(code) for code in codes)


def _run_side_by_side(lanes: Sequence[Lane]) -> list[int]:
    shown, *hidden = lanes
    with ExitStack() as kept:
        files = [kept.enter_context(tempfile.TemporaryFile()) for _ in hidden]
        started = [lane.start(said) for lane, said in zip(hidden, files, strict=True)]
        try:
            codes = [shown.start().wait(), *(each.wait() for each in started)]
        finally:
            for each in started:
                each.terminate()
        for said in files:
            said.seek(0)
            sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return codes


def _run_in_turn(lanes: Sequence[Lane]) -> list[int]:
    return [lane.start().wait() for lane in lanes]


if __name__ == "__main__":
    sys.exit(main())
