"""Replays of the fake: what is asked for, who claims it, and what became of it."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from deliberation.events import RunStarted
from deliberation.events.base import Event
from deliberation.fake.recordings import recording_of
from deliberation.fake.request import Request
from deliberation.ids import make_run_id

LEASE_SECONDS, POLL_SECONDS = 15.0, 2.0
RUNNERS = re.compile(r"/api/v1/runners(?:/(?P<runner>[^/]+)/claim)?")
REPLAYS = re.compile(r"/api/v1/replays/(?P<id>[^/]+)/(?P<act>heartbeat|outcome|recording)")

Answer = tuple[int, "dict[str, Any] | bytes"]


@dataclass(slots=True)
class Asked:
    """One replay. `job` is what its runner gets; `state` waiting, claimed, running, completed or failed."""

    job: dict[str, Any]
    recording: bytes
    state: str = "waiting"
    reason: str = ""
    last_words: str = ""
    is_cancelled: bool = False
    beats: list[dict[str, Any]] = field(default_factory=list)

    @property
    def run_id(self) -> str:
        """The run that repeats the other."""
        return str(self.job["run_id"])


class Replays:
    """What a runner asks of the inspector. Shorten `lease_seconds` and `poll_seconds` for a test of what runs out."""

    def __init__(self) -> None:
        self.lease_seconds, self.poll_seconds = LEASE_SECONDS, POLL_SECONDS
        self.runners: dict[str, dict[str, Any]] = {}
        self.asked: dict[str, Asked] = {}
        self._changed = threading.Condition()

    def ask(self, run: str, events: list[Event], mode: str, **told: Any) -> Asked:
        """Ask for a replay of a run that stated its entry point. Raises `LookupError` for any other."""
        started = next(e for e in events if isinstance(e, RunStarted) and e.run == run)
        if started.entry_point is None or started.parameters is None:
            raise LookupError("the run does not say by what it can be begun again")
        name, run_id = uuid4().hex, make_run_id(time.time_ns(), os.urandom)
        job: dict[str, Any] = {"id": name, "attempt": 1, "of_run": run, "run_id": run_id}
        job |= {"mode": mode, "entry_point": started.entry_point, "from_node": None}
        job |= {"parameters": json.loads(started.parameters), "strict": True}
        job |= {"overrides": {}, "budgets": {}, "recording": f"/api/v1/replays/{name}/recording"}
        job |= {"expected_code_digest": started.code_digest, **told}
        recording = recording_of(run, events, until=job["from_node"])
        with self._changed:
            asked = self.asked[name] = Asked(job, recording)
            self._changed.notify_all()
        return asked

    def wait_for(self, asked: Asked, *states: str, seconds: float = 60.0) -> None:
        """Return when a replay is in one of these states. Raises `TimeoutError`."""
        with self._changed:
            if not self._changed.wait_for(lambda: asked.state in states, seconds):
                raise TimeoutError(f"it is {asked.state}: {asked.reason} {asked.last_words}")

    def answer(self, request: Request) -> Answer | None:
        """Return the answer to a runner; None for what is none of this."""
        found = RUNNERS.fullmatch(request.path)
        if found is not None:
            with self._changed:
                return self._claim(found["runner"]) if found["runner"] else self._register(request)
        found = REPLAYS.fullmatch(request.path)
        if found is None:
            return None
        with self._changed:
            asked = self.asked.get(found["id"])
            if asked is None:
                return 404, {"title": "Not found"}
            if found["act"] == "recording":
                return 200, asked.recording
            return self._hear(asked, found["act"], request.json())

    def _register(self, request: Request) -> Answer:
        plain = request.json()
        known = (name for name, said in self.runners.items() if said["holder"] == plain["holder"])
        name = next(known, None) or uuid4().hex
        self.runners[name] = plain
        self._changed.notify_all()
        said = {"lease_seconds": self.lease_seconds, "poll_seconds": self.poll_seconds}
        return 200, {"runner_id": name, **said}

    def _claim(self, runner: str) -> Answer:
        if runner not in self.runners:
            return 404, {"title": "Unknown runner"}
        served = {each["entry_point"] for each in self.runners[runner]["entries"]}
        for asked in self.asked.values():
            if asked.state == "waiting" and asked.job["entry_point"] in served:
                asked.state = "claimed"
                self._changed.notify_all()
                return 200, {"job": asked.job}
        return 204, {}

    def _hear(self, asked: Asked, act: str, said: dict[str, Any]) -> Answer:
        if said.get("attempt") != asked.job["attempt"]:
            return 409, {"title": "Another attempt"}
        asked.last_words = said.get("last_words") or ""
        asked.state = said["state"]
        asked.reason = said.get("reason") or ""
        asked.beats += [said] if act == "heartbeat" else []
        self._changed.notify_all()
        return 200, {"lease_seconds": self.lease_seconds, "cancel": asked.is_cancelled}
