"""One job of a runner: a process of its own, minded until it is over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from deliberation.client.announce import PATH as SUPERVISOR
from deliberation.client.settings import Settings
from deliberation.client.transport import Unreachable
from deliberation.runner.api import Api, Lost
from deliberation.runner.doorbell import Doorbell
from deliberation.runner.last_words import LastWords
from deliberation.supervisor.process import Process
from deliberation.supervisor.supervise import Supervisor, listening

CHILD = (sys.executable, "-m", "deliberation.runner.child")
BEATS_A_LEASE = 3
CLOSED_SECONDS = 5.0
FETCHES = 3
RETRY_SECONDS = 0.5


class Work:
    """Does one job. `stop` may be called from a signal handler: the job's group is ended, and that is reported."""

    def __init__(
        self,
        api: Api,
        settings: Settings,
        environ: Mapping[str, str],
        bell: Doorbell,
        *,
        names: Collection[str],
        grace: float,
    ) -> None:
        self._names = names
        self._api = api
        self._settings = settings
        self._environ = environ
        self._grace = grace
        self._bell = bell
        self._is_stopping = False

    def stop(self) -> None:
        """End the job under way, soon."""
        self._is_stopping = True
        self._bell.ring()

    def do(self, job: dict[str, Any]) -> None:
        """Do a job to its end, and say how it ended; say nothing of one that is another's by then."""
        if job["entry_point"] not in self._names:
            # Whoever asks, nothing is begun that this process was not started for.
            self._tell(job, "failed", f"{job['entry_point']} is not served here", "")
            return
        with tempfile.TemporaryDirectory(prefix="deliberation-replay-") as folder:
            try:
                recording = self._fetch(job, Path(folder) / "recording.ndjson")
                with listening(folder) as heard:
                    self._own(job, recording, heard)
            except (Lost, Unreachable):
                return  # its lease runs out, and somebody tries again
            except OSError as error:
                self._tell(job, "failed", f"the runner could not begin it: {error}", "")

    def _fetch(self, job: dict[str, Any], target: Path) -> str | None:
        path = job.get("recording")
        if not path or job.get("mode") == "live":
            return None
        for left in reversed(range(FETCHES)):
            try:
                self._api.fetch(str(path), target)
                break
            except Unreachable:
                if not left:
                    raise
                time.sleep(RETRY_SECONDS)
        return str(target)

    def _own(self, job: dict[str, Any], recording: str | None, heard: Any) -> None:
        reading, writing = os.pipe()
        # Whoever left the group may hold the other end for ever: what was told by the end is all.
        os.set_blocking(reading, False)
        with os.fdopen(reading, "rb", buffering=0) as told:
            try:
                process = self._start(writing, heard)
            finally:
                os.close(writing)
            words = LastWords(process.errors)
            supervisor = Supervisor(self._settings, process, heard, grace=self._grace)
            supervisor.start()
            given = json.dumps({"job": job, "recording": recording}).encode()
            with suppress(BrokenPipeError):
                process.input.write(given + b"\n")
                process.input.flush()
            try:
                ended_by = self._mind(job, process, words)
            finally:
                process.signal_rest()
                with suppress(BrokenPipeError):
                    process.input.close()
                supervisor.finish()
                words.close(CLOSED_SECONDS)
            self._tell(job, *_outcome(told.read() or b"", process.code, ended_by), words.text)

    def _start(self, writing: int, heard: Any) -> Process:
        return Process(
            [*CHILD, str(writing)],
            {**self._environ, SUPERVISOR: heard.getsockname()},
            start_new_session=True,
            pass_fds=(writing,),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def _mind(self, job: dict[str, Any], process: Process, words: LastWords) -> str | None:
        """Wait for the end of the process; return why it was ended, None where it ended by itself. Raises `Lost`."""
        waiting = threading.Thread(target=self._wait, args=(process,), daemon=True)
        waiting.start()
        heard = time.monotonic()
        try:
            while not process.has_ended:
                if self._is_stopping:
                    return "the runner was ended"
                try:
                    if self._api.beat(job, words.text):
                        return "it was cancelled"
                    heard = time.monotonic()
                except Unreachable:
                    if time.monotonic() - heard > self._api.lease_seconds:
                        raise Lost from None
                self._bell.wait(self._api.lease_seconds / BEATS_A_LEASE)
            return None
        finally:
            if not process.has_ended:
                process.end(self._grace)
            waiting.join()

    def _wait(self, process: Process) -> None:
        process.wait()
        self._bell.ring()

    def _tell(self, job: dict[str, Any], state: str, reason: str, last_words: str) -> None:
        """Say how it ended, as long as anybody waits for that."""
        until = time.monotonic() + 2 * self._api.lease_seconds
        while True:
            try:
                self._api.conclude(job, state, reason, last_words)
            except Unreachable:
                if not self._is_stopping and time.monotonic() < until:
                    time.sleep(RETRY_SECONDS)
                    continue
            return


def _outcome(told: bytes, code: int, ended_by: str | None) -> tuple[str, str]:
    """Return the state and the reason: what the process told, unless it was ended from here."""
    if ended_by is not None:
        return "failed", ended_by
    try:
        plain = json.loads(told)
        return str(plain["state"]), str(plain["reason"])
    except (ValueError, KeyError, TypeError):
        how = f"by signal {code - 128}" if code > 128 else f"with exit code {code}"
        return "failed", f"the process ended {how}"
