"""Runs the whole suite: `python -m tests.lanes`. Lanes, four at a time, those that compute the most first.

Each lane has servers of its own, unless DATABASE_URL names one for all: then one lane follows the other. What a lane
said is printed when it is over, with what it took: seconds, and seconds of CPU with all that it started.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

NOTHING_COLLECTED = 5
AT_ONCE = 4
"""Two cores, and two lanes that wait: for a program that was started, a browser, a second to pass."""
_printing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Lane:
    """Folders and files that one pytest runs, but for some of them."""

    name: str
    paths: tuple[str, ...]
    without: tuple[str, ...] = ()

    def run(self) -> int:
        """Run pytest on it, print what it said, and return its exit code."""
        began = time.monotonic()
        command = [*self.paths, *(f"--ignore={path}" for path in self.without)]
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *command], stdout=said, stderr=said
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            with _printing:
                sys.stdout.buffer.write(said.read())
                cpu = used.ru_utime + used.ru_stime
                took = time.monotonic() - began
                print(f"{self.name}: {took:.0f} s, {cpu:.0f} s of CPU", flush=True)
        return process.returncode


LOCAL = "tests/integration/local"
CORPUS = "tests/integration/corpus"
APART = tuple(f"tests/integration/{folder}" for folder in ("concurrency", "house", "importers"))
"""A third of what integration takes: one lane with all of it would go on alone at the end."""
LANES = (
    Lane("integration", ("tests/integration",), without=(LOCAL, CORPUS, *APART)),
    Lane("unit", ("tests/unit", "tests/architecture", CORPUS)),
    Lane("browser", ("tests/browser",)),
    Lane("instances", ("tests/load", LOCAL)),
    Lane("importers", APART),
    Lane("sdk", ("tests/sdk",)),
)


def main() -> int:
    """Return 0 when all of it passed."""
    at_once = 1 if "DATABASE_URL" in os.environ else AT_ONCE
    # Hundreds of processes read the same sources: compiled by each of them they take a second more, each time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(f"{_named(LANES)}: {at_once} at a time, each printed when it is over.", flush=True)
    with ThreadPoolExecutor(at_once) as pool:
        codes = list(pool.map(Lane.run, LANES))
    return max(0 if code == NOTHING_COLLECTED else abs(code) for code in codes)


def _named(lanes: Sequence[Lane]) -> str:
    return ", ".join(lane.name for lane in lanes)


if __name__ == "__main__":
    sys.exit(main())
