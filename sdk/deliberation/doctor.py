"""Can this process report? In plain words."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deliberation.client.build import to_line
from deliberation.client.settings import Settings
from deliberation.client.transport import Answer, Transport, Unreachable
from deliberation.events import RunEnded, RunStarted
from deliberation.repeatable import month_run_id, repeatable_randbytes
from deliberation.vocabulary import ObservedState

EVENTS = "/v1/events"
JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
ARRIVAL_SECONDS = 5.0
PROBES = (
    ("read", "GET", "/api/v1/runs?limit=1", 200),
    # A command that says nothing is refused as such, once the key may give any.
    ("control", "POST", "/api/v1/runs/{run}/commands", 422),
)
"""Requests that change nothing, by the scope they need, and how one who has it is answered.

`export` and `admin` have none, and are not asked for.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well (None: could not be told), and a sentence."""

    is_well: bool | None
    sentence: str


def examine(settings: Settings, *, now: dt.datetime, say: Callable[[Finding], None]) -> bool:
    """Look at address, key and scopes, send one event.

    `say` each finding. True when events arrive.
    """
    if not settings.url:
        say(Finding(False, "No address: set INSPECTOR_URL, for example to http://127.0.0.1:8000."))
        return False
    if not settings.key:
        say(Finding(False, "No key: set INSPECTOR_KEY. Without one nothing is reported."))
        return False
    say(Finding(True, f"Address {settings.url}, key {_masked(settings.key)}."))
    try:
        patient = Patient(settings, now)
        return patient.can_report(say)
    except (Unreachable, ValueError) as error:
        say(Finding(False, f"No answer from {settings.url}: {error}. Is the server running?"))
        return False


class Patient:
    """One server, asked with one key."""

    def __init__(self, settings: Settings, now: dt.datetime) -> None:
        assert settings.url
        assert settings.key
        self._url = settings.url.rstrip("/")
        self._transport = Transport(settings.url, settings.key, timeout=settings.timeout)
        # One run a month for each key: a doctor who is asked often leaves no crowd of runs behind.
        randbytes = repeatable_randbytes("doctor", settings.key, f"{now:%Y-%m}")
        self._run = month_run_id(now.date(), randbytes)
        self._now_ns = int(now.timestamp() * 1_000_000) * 1_000
        self._spool = settings.spool

    def can_report(self, say: Callable[[Finding], None]) -> bool:
        """Look at everything that needs the server. Raises `Unreachable`."""
        try:
            started = time.monotonic()
            answer = self._transport.request("POST", EVENTS, self._events(), NDJSON)
            took = round((time.monotonic() - started) * 1000)
            say(_reading(answer, took))
            if answer.status != 200 or answer.json().get("rejected"):
                return False
            scopes = {
                scope: self._has_scope(method, path.format(run=self._run), status)
                for scope, method, path, status in PROBES
            }
            for scope, has in scopes.items():
                say(Finding(has, _about_scope(scope, has)))
            if scopes["read"]:
                say(self._arrival())
            say(
                Finding(
                    None, f"What cannot be sent is kept in {self._spool or 'no place: spool off'}."
                )
            )
            return True
        finally:
            self._transport.close()

    def _events(self) -> bytes:
        begun = RunStarted(
            run=self._run,
            key="doctor:0",
            at=self._now_ns,
            name="deliberation doctor",
            tags=["doctor"],
        )
        ended = RunEnded(
            run=self._run, key="doctor:1", at=self._now_ns, state=ObservedState.COMPLETED
        )
        return b"\n".join([to_line(begun), to_line(ended), b""])

    def _has_scope(self, method: str, path: str, granted: int) -> bool | None:
        body = b"{}" if method == "POST" else None
        try:
            status = self._transport.request(method, path, body, JSON).status
        except Unreachable:
            return None
        # A 404 tells nothing: the run may not be recorded yet, or the server may not know the address at all.
        return status == granted if status in (granted, 403) else None

    def _arrival(self) -> Finding:
        started = time.monotonic()
        while time.monotonic() - started < ARRIVAL_SECONDS:
            if self._transport.request("GET", f"/api/v1/runs/{self._run}").status == 200:
                return Finding(
                    True, f"It is recorded, and can be seen: {self._url}/runs/{self._run}"
                )
            time.sleep(0.2)
        sentence = f"Not recorded within {ARRIVAL_SECONDS:.0f} s. Accepted events are not lost; are workers up?"
        return Finding(None, sentence)


def _reading(answer: Answer, milliseconds: int) -> Finding:
    said = answer.json()
    detail = str(said.get("detail") or said.get("title") or "")
    if answer.status == 200:
        refused = said.get("rejected") or []
        if refused:
            return Finding(False, f"The server refused the event: {_first_error(refused)}")
        return Finding(
            True, f"The key may report: one run of 2 events accepted in {milliseconds} ms."
        )
    meaning = {
        401: "The server does not know this key: it is mistyped, revoked, or of another server.",
        403: "The key is known and may not report: it lacks the scope `ingest`.",
        404: "There is no inspector at this address: only its beginning belongs in INSPECTOR_URL.",
        429: "The server has too much to do just now; events would be kept and sent later.",
        503: "The server has too much to do just now; events would be kept and sent later.",
    }.get(answer.status, "That is not an answer an inspector gives.")
    return Finding(False, f"Status {answer.status}. {meaning} {detail}".rstrip())


def _first_error(refused: Any) -> str:
    first = refused[0] if isinstance(refused, list) else refused
    return str(first.get("error")) if isinstance(first, dict) else json.dumps(first)


def _about_scope(scope: str, has: bool | None) -> str:
    if has is None:
        return f"Whether the key has the scope `{scope}` could not be told."
    return f"The key {'has' if has else 'does not have'} the scope `{scope}`."


def _masked(key: str) -> str:
    return f"{key[:4]}… ({len(key)} characters)"
