"""Runs the whole suite: `python -m tests.lanes`. Three lanes side by side, then what needs the machine for itself.

Lane one keeps a core busy; the second computes as much and gives way (nice); the third mostly waits: for a program
that was started, for a second to pass. Together they keep two cores busy. Each has servers of its own, unless
DATABASE_URL names one for all: then one lane follows the other. What the hidden lanes said is printed when they are
over, so that it reads as if it had come after.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

NOTHING_COLLECTED = 5


@dataclass(frozen=True, slots=True)
class Lane:
    """Folders and files that one pytest runs, but for some of them. `gives_way` is how nice it is to others."""

    paths: tuple[str, ...]
    without: tuple[str, ...] = ()
    gives_way: int = 0

    def start(self, said: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Starts pytest on it; what it says goes to the terminal, or into a file."""
        nice = ["nice", "-n", str(self.gives_way)] if self.gives_way else []
        ignored = [f"--ignore={path}" for path in self.without]
        return subprocess.Popen(
            [*nice, sys.executable, "-m", "pytest", *self.paths, *ignored],
            stdout=said,
            stderr=said,
        )


LOCAL = "tests/integration/local"
CORPUS = "tests/integration/corpus"
SIDE_BY_SIDE = (
    Lane(("tests/integration",), without=(LOCAL, CORPUS)),
    Lane(("tests/unit", "tests/architecture", CORPUS), gives_way=5),
    Lane(("tests/sdk", *(f"{LOCAL}/test_{name}.py" for name in ("demo", "kill", "terminal")))),
)
ALONE = Lane(
    ("tests/browser", "tests/load", LOCAL),
    without=tuple(path for path in SIDE_BY_SIDE[2].paths if path.startswith(LOCAL)),
)


def main() -> int:
    """Return 0 when all of it passed."""
    print("Three lanes side by side; the hidden two are printed when they are over.", flush=True)
    codes = _run_in_turn() if "DATABASE_URL" in os.environ else _run_side_by_side()
    codes.append(ALONE.start().wait())
    return max(0 if code == NOTHING_COLLECTED else abs(code) for code in codes)


def _run_side_by_side() -> list[int]:
    shown, *hidden = SIDE_BY_SIDE
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


def _run_in_turn() -> list[int]:
    return [lane.start().wait() for lane in SIDE_BY_SIDE]


if __name__ == "__main__":
    sys.exit(main())
