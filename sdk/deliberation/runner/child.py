"""The process of one replay: `python -m deliberation.runner.child FD`.

Its job comes as one line on standard input, which stays open as long as the runner lives: a runner that dies takes its
replays with it. What came of it goes to FD as JSON.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from deliberation.client import flush
from deliberation.control import Stopped
from deliberation.replay import BadRecording, Job, Replay, read_job, read_recording, replaying
from deliberation.runner.entries import NoEntry, load
from deliberation.vocabulary import ReplayMode

ARRIVES_SECONDS = 10.0
LEFT_SECONDS = 5.0
SEED = "seed"
MAX_REASON = 2000
"""In characters: the runner reads it when this process has ended, and a pipe holds 64 KiB."""
COMPLETED, FAILED = "completed", "failed"


def main() -> int:
    """Do the job; return the exit code, 0 where the run was begun and has ended, however it did."""
    signal.signal(signal.SIGTERM, _interrupt)
    given = json.loads(_leash())
    state, reason = play(given["job"], given.get("recording"))
    flush(ARRIVES_SECONDS)
    with os.fdopen(int(sys.argv[1]), "w") as told:
        json.dump({"state": state, "reason": reason[:MAX_REASON]}, told)
    return 0 if state == COMPLETED else 1


def play(plain: dict[str, Any], recording: str | None) -> tuple[str, str]:
    """Repeat a run; return `completed` or `failed`, and why in a sentence.

    Completed is a replay whose run began and ended, though it ended early or by an error: its ledger says how.
    """
    try:
        job = read_job(plain)
        replay = Replay(job, _read(job, recording))
        function, _ = load(job.entry_point)
    except (NoEntry, BadRecording, OSError, KeyError, TypeError, ValueError) as error:
        return FAILED, str(error)
    reason = ""
    with replaying(replay):
        try:
            _call(function, parameters_of(job, function))
        except Stopped as stopped:
            reason = f"stopped: {stopped}"
        except BaseException as error:  # noqa: BLE001 - whatever ends a program ends its replay
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}"
    if not replay.is_claimed:
        return FAILED, reason or "the entry point began no run"
    return COMPLETED, reason


def parameters_of(job: Job, function: Callable[..., Any]) -> dict[str, Any]:
    """Return what the entry point is called with. What a live replay is to have otherwise stands in it.

    `seed` is never among that: it is the seed of `run.random`, whatever a parameter of that name sets.
    """
    if job.mode is not ReplayMode.LIVE:
        return dict(job.parameters)
    known = inspect.signature(function).parameters.keys() - {SEED}
    changed = {name: value for name, value in job.overrides.items() if name in known}
    return {**job.parameters, **changed}


def _read(job: Job, recording: str | None) -> Any:
    if recording is None or job.mode is ReplayMode.LIVE:
        return None
    with Path(recording).open("rb") as lines:
        read = read_recording(lines)
    if job.mode is ReplayMode.RECORDED and job.strict and not read.complete:
        raise BadRecording(f"the recording is not complete: {read.why or 'calls are missing'}")
    return read


def _call(function: Callable[..., Any], parameters: dict[str, Any]) -> None:
    if inspect.iscoroutinefunction(function):
        asyncio.run(function(**parameters))
    else:
        function(**parameters)


def _leash() -> bytes:
    """Return the job's line; end this process's group when the runner is gone. A program finds its input empty."""
    own = os.fdopen(os.dup(0), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    line = own.readline()
    threading.Thread(target=_mind, args=(own,), daemon=True).start()
    return line


def _mind(own: Any) -> None:
    own.read()
    os.killpg(os.getpgrp(), signal.SIGTERM)
    threading.Event().wait(LEFT_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # once is enough: the end is being reported
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
