"""What a runner says to the server, and what it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deliberation.client.transport import Answer, Transport, Unreachable

RUNNERS, REPLAYS = "/api/v1/runners", "/api/v1/replays"
JSON = {"Content-Type": "application/json"}
LEASE_SECONDS, POLL_SECONDS = 15.0, 2.0
FORGOTTEN, OVER = 404, 409


class Refused(Exception):
    """The server will have nothing to do with this runner: a wrong key, or one without the scope."""


class Forgotten(Exception):
    """The server does not know the runner; it is to register again."""


class Lost(Exception):
    """The job is another's now, or over: nothing more may be said of it."""


class Api:
    """One runner's side. Each call may raise `Unreachable`; not for several threads at once."""

    def __init__(self, make_transport: Callable[[], Transport], described: dict[str, Any]) -> None:
        self._transport = make_transport()
        self._described = described
        self._runner: str | None = None
        self.lease_seconds, self.poll_seconds = LEASE_SECONDS, POLL_SECONDS

    def register(self) -> None:
        """Say which entry points there are; again, that the runner is there."""
        answer = self._post(RUNNERS, self._described)
        plain = _plain(answer)
        self._runner = str(plain.get("runner_id"))
        self.lease_seconds = float(plain.get("lease_seconds") or LEASE_SECONDS)
        self.poll_seconds = float(plain.get("poll_seconds") or POLL_SECONDS)

    def claim(self) -> dict[str, Any] | None:
        """Return a job that is now this runner's; None where none waits. Raises `Forgotten`."""
        answer = self._post(f"{RUNNERS}/{self._runner}/claim", {})
        if answer.status == FORGOTTEN:
            raise Forgotten
        if answer.status == 204:
            return None
        job = _plain(answer).get("job")
        if not isinstance(job, dict) or not {"id", "attempt", "entry_point"} <= job.keys():
            raise Unreachable("what it gave away is no job")
        return job

    def beat(self, job: dict[str, Any], last_words: str) -> bool:
        """Say that a job goes on; return whether it is to be ended. Raises `Lost`."""
        said = {"runner_id": self._runner, "attempt": job["attempt"], "state": "running"}
        answer = self._post(f"{REPLAYS}/{job['id']}/heartbeat", {**said, "last_words": last_words})
        if answer.status in (FORGOTTEN, OVER):
            raise Lost
        return bool(_plain(answer).get("cancel"))

    def conclude(self, job: dict[str, Any], state: str, reason: str, last_words: str) -> None:
        """Say how a job ended. Saying it again does nothing; one that is another's is let go."""
        said = {"runner_id": self._runner, "attempt": job["attempt"], "state": state}
        told = {**said, "reason": reason, "last_words": last_words}
        answer = self._post(f"{REPLAYS}/{job['id']}/outcome", told)
        if answer.status not in (FORGOTTEN, OVER):
            _plain(answer)

    def fetch(self, path: str, target: Path) -> None:
        """Write the recording of a job to a file. Raises `Lost`."""
        with target.open("wb") as file:
            answer = self._transport.download(path, file)
        if answer.status in (FORGOTTEN, OVER):
            raise Lost
        _plain(self._admitted(answer))

    def close(self) -> None:
        """Say no more."""
        self._transport.close()

    def _post(self, path: str, plain: dict[str, Any]) -> Answer:
        answer = self._transport.request("POST", path, json.dumps(plain).encode(), JSON)
        return self._admitted(answer)

    def _admitted(self, answer: Answer) -> Answer:
        if answer.status in (401, 403):
            detail = answer.json().get("detail") or answer.json().get("title")
            raise Refused(f"{detail or 'the key was refused'} (the key needs the scope run)")
        return answer


def _plain(answer: Answer) -> dict[str, Any]:
    if answer.status not in (200, 202, 204):
        said = answer.json().get("detail")
        raise Unreachable(f"status {answer.status}{f': {said}' if said else ''}")
    return answer.json()
