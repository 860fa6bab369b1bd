"""Runs the whole suite: `python -m tests.lanes`. Two lanes side by side, then what needs the machine for itself.

Most of the suite waits: for a program that was started, for Postgres, for a second to pass. Two lanes on two cores take
little more than the longer of them. Each has servers of its own, unless DATABASE_URL names one for all: then one lane
follows the other. What the second lane said is printed when it is over, so that it reads as if it had come after.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import IO

SIDE_BY_SIDE = (
    [
        "tests/unit",
        "tests/integration",
        "--ignore=tests/integration/local",
        "--ignore=tests/integration/corpus",
    ],
    ["tests/sdk", "tests/architecture", "tests/integration/corpus"],
)
ALONE = ["tests/browser", "tests/load", "tests/integration/local"]
NOTHING_COLLECTED = 5


def main() -> int:
    """Return 0 when all of it passed."""
    print("Two lanes side by side; the second is printed when it is over.", flush=True)
    codes = _run_in_turn() if "DATABASE_URL" in os.environ else _run_side_by_side()
    codes.append(_start(ALONE).wait())
    return max(0 if code == NOTHING_COLLECTED else abs(code) for code in codes)


def _run_side_by_side() -> list[int]:
    shown, hidden = SIDE_BY_SIDE
    with tempfile.TemporaryFile() as said:
        second = _start(hidden, said)
        try:
            first = _start(shown).wait()
            codes = [first, second.wait()]
        finally:
            second.terminate()
        said.seek(0)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return codes


def _run_in_turn() -> list[int]:
    return [_start(lane).wait() for lane in SIDE_BY_SIDE]


def _start(lane: list[str], said: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "pytest", *lane], stdout=said, stderr=said)


if __name__ == "__main__":
    sys.exit(main())
