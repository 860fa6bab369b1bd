"""What the examples share: the seed and the pace they play at, and an orderly beginning and end.

Not for copying: nothing of it is needed to report a run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import deliberation as dl
from deliberation.repeatable import month_run_id, repeatable_randbytes

HEARS_WITHIN = 0.1
ARRIVES_WITHIN = 10.0
PLAYED_AS: ContextVar[str | None] = ContextVar("played_as", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One performance. The same seed plays the same, at whatever pace.

    `pace` is in seconds a step. `names` are the arguments of `dl.run` that fix a run's names, so
    that what is played again is recorded once; empty, each performance is a run of its own.
    """

    seed: int = 1
    pace: float = 0.0
    names: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def set(cls, *, seed: int, pace: float) -> Stage:
        """Return the stage of an entry point; its run is named as the program was told."""
        words = PLAYED_AS.get()
        return cls(seed=seed, pace=pace, names=names_of(words, seed) if words else {})

    def chance(self, *words: object) -> random.Random:
        """Return the chance of one part of a performance, apart from that of all others."""
        return random.Random(" ".join(map(str, (self.seed, *words))))

    def pause(self, run: dl.Run) -> list[str]:
        """Let a step's time pass; return what an operator said meanwhile.

        A pause or a stop that is asked for is heard within a moment, not after the step.
        """
        end = time.monotonic() + self.pace
        said = listen(run)
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, HEARS_WITHIN))
            said += listen(run)
        return said

    def work(self) -> None:
        """Let the time of a call pass. Nobody can cut a call short: a pause waits for its end."""
        time.sleep(self.pace)


def parser_of(about: str) -> argparse.ArgumentParser:
    """Return the options that all examples have."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--seed", type=int, default=1, help="the same seed gives the same run; default 1")
    add("--pace", type=float, default=0.2, help="seconds a step, to watch it; default 0.2")
    add("--forever", action="store_true", help="play on, with the next seed, until interrupted")
    add("--rest", type=float, default=5.0, help="with --forever: seconds between two runs")
    add(
        "--server-less", action="store_true", help="report to nobody, whatever the environment says"
    )
    add("--played-as", metavar="WORDS", help="names drawn from WORDS, seed and month: played again,"
        " nothing is recorded twice")  # fmt: skip
    return parser


def perform(solve: Callable[..., object], options: argparse.Namespace) -> NoReturn:
    """Play as the options say, and leave with exit code 0 when all that was reported arrived.

    `solve` is an entry point that takes `seed` and `pace`.
    SIGTERM is an interrupt like Ctrl-C: the run ends as cancelled, and says so before we leave.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    if options.server_less:
        os.environ.pop("INSPECTOR_URL", None)
    PLAYED_AS.set(options.played_as)
    try:
        for seed in count(options.seed):
            _play_once(solve, seed, options.pace)
            if not options.forever:
                break
            time.sleep(options.rest)
    except KeyboardInterrupt:
        print("Interrupted.")
        sys.exit()  # the client waits 2 s at most for what is on its way
    sys.exit(_what_did_not_arrive())


def listen(run: dl.Run) -> list[str]:
    """Wait or stop here if that is asked for; return what an operator says, and keep it too."""
    said = run.checkpoint().messages
    for message in said:
        with run.node("thought", name="An operator says", text=message):
            print(f"An operator says: {message}", flush=True)
    return list(said)


def announce(run: dl.Run) -> None:
    """Say where a run can be watched."""
    url = os.environ.get("INSPECTOR_URL", "(no server)").rstrip("/")
    print(f"{url}/runs/{run.id}  {run.name}", flush=True)


def names_of(words: str, seed: int) -> dict[str, Any]:
    """Return the arguments of `dl.run` that make a performance the same run each time this month.

    The month is part of them: a run id carries the time that decides where the run is kept.
    """
    today = dt.datetime.now(dt.timezone.utc).date()
    program = Path(sys.argv[0]).stem
    randbytes = repeatable_randbytes(program, words, str(seed), f"{today:%Y-%m}")
    run_id = month_run_id(today, randbytes)
    return {"run_id": run_id, "producer": program, "randbytes": randbytes}


def _play_once(solve: Callable[..., object], seed: int, pace: float) -> None:
    """A run that was stopped is over; the program is not."""
    try:
        solve(seed=seed, pace=pace)
    except dl.Stopped as stopped:
        print(f"Stopped: {stopped}", flush=True)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # once is enough: the end is being reported
    raise KeyboardInterrupt


def _what_did_not_arrive() -> str | None:
    dl.flush(ARRIVES_WITHIN)
    stats = dl.stats()
    if stats.accepted == stats.made and not stats.invalid:
        return None
    missing, left_out = stats.made - stats.accepted, stats.invalid
    return f"{missing} of {stats.made} events did not arrive; {left_out} values were left out."
