"""Control of all runs of the fake: its addresses for runners, and an operator's hands."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from deliberation.events.base import Event
from deliberation.fake.approval import Approval
from deliberation.fake.command import Command
from deliberation.fake.controlled import Controlled, Fenced, Refused
from deliberation.fake.request import Request
from deliberation.ledger.action import Action
from deliberation.vocabulary import (
    BudgetSource,
    CommandKind,
    CommandStage,
    Decision,
    ObservedState,
)
from deliberation.vocabulary.control import END_STATES

LEASE_SECONDS = 15.0
MAX_WAIT = 30.0
RAISE_BUDGET = "deliberation.raise_budget"
SAID_BY_RUNNERS = frozenset({CommandStage.ACKNOWLEDGED, CommandStage.APPLIED, CommandStage.REFUSED})
ADDRESS = re.compile(
    r"/v1/control(?:/(?P<run>[^/]+))?(?P<verb>/ack|/heartbeat|/approvals|/reservations)?"
    r"(?:/(?P<name>[^/]+)/(?P<act>consume|settle|release))?"
)

Answer = tuple[int, dict[str, Any]]


class Controls:
    """Every run that was heard of. A runner's poll waits here until there is news."""

    def __init__(self, is_up: Callable[[], bool]) -> None:
        self.lease_seconds = LEASE_SECONDS
        self.decides: Decision | None = None
        self.rules: list[dict[str, Any]] = []
        self._is_up = is_up
        self._changed = threading.Condition()
        self.runs: dict[str, Controlled] = {}

    def issue(self, run: str, kind: CommandKind, *, reason: str, **payload: Any) -> Command:
        """Ask something of a run. `LookupError` when it is unknown, `Refused` when it may not be."""
        with self._changed:
            command = self.of(run).issue(kind, reason=reason, payload=payload)
            self._changed.notify_all()
        return command

    def fence(self, run: str) -> None:
        """Let another process attach to the run: the one that holds it now must stop."""
        with self._changed:
            self.of(run).attach({"holder": "another"})
            self._changed.notify_all()

    def wait_for(self, run: str, seconds: float) -> None:
        """Return when somebody holds the run's lease."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: run in self.runs and self.runs[run].lease, seconds
            ):
                raise TimeoutError(f"nobody listens for {run}")

    def of(self, run: str) -> Controlled:
        """Return what is known of a run. Raises `LookupError`."""
        if run not in self.runs:
            raise LookupError(f"no run {run}")
        return self.runs[run]

    def take_in(self, event: Event) -> None:
        """Take in what an event says of spending."""
        with self._changed:
            self._known(event.run).take_in(event)
            self._changed.notify_all()

    def set_budget(self, run: str, source: BudgetSource, name: str, **limits: Any) -> None:
        """Set a limit of a run, as a policy or a fork does."""
        with self._changed:
            self._known(run).set_budget(name, source, **limits)
            self._changed.notify_all()

    def record(self, run: str, state: ObservedState | None) -> None:
        """Take in that an event of the run came, and the state that it ends in, if it ends."""
        with self._changed:
            controlled = self._known(run)
            if state is not None:
                controlled.report(state)
                controlled.expire_commands()
            elif controlled.observed is ObservedState.QUEUED:
                controlled.report(ObservedState.RUNNING)

    def pending(self, runs: Iterable[str]) -> dict[str, Any]:
        """Return what an answer to a post of events says of control."""
        with self._changed:
            found = {run: self._known(run).plain(after=0) for run in runs}
        return {
            "commands": [command for each in found.values() for command in each["commands"]],
            "desired_states": {run: each["desired_state"] for run, each in found.items()},
            "control_seqs": {run: each["control_seq"] for run, each in found.items()},
        }

    def wake(self) -> None:
        """End all waiting polls."""
        with self._changed:
            self._changed.notify_all()

    def answer(self, request: Request) -> Answer | None:
        """Return status and JSON; None for an address that is not control's."""
        where = ADDRESS.fullmatch(request.path)
        verb = where and (request.method, bool(where["run"]), where["verb"])
        if where is None:
            return None
        if verb == ("POST", False, None):
            return self._beat_all(request.json())
        if verb == ("GET", True, None):
            return self._poll(where["run"], request.query)
        if verb == ("POST", True, "/ack"):
            return self._acknowledge(where["run"], request.json())
        if verb == ("POST", True, "/approvals"):
            return self._approve(where["run"], where["name"], request.json())
        if verb == ("POST", True, "/reservations"):
            return self._reserve(where["run"], where["name"], where["act"], request.json())
        if verb == ("POST", True, "/heartbeat"):
            return self._beat(where["run"], request.json())
        return None

    def _beat_all(self, said: dict[str, Any]) -> Answer:
        runs = said.get("runs") or {}
        deadline = time.monotonic() + min(float(said.get("wait") or 0), MAX_WAIT)
        with self._changed:
            fenced = {run: why for run, each in runs.items() if (why := self._attach(run, each))}
            self._changed.notify_all()
            after = {run: int(each.get("after") or 0) for run, each in runs.items()}
            while not fenced and not self._has_news(after) and self._is_up():
                if not self._changed.wait(deadline - time.monotonic()):
                    break
                # A holder may be fenced while it waits.
                fenced = {run: why for run, each in runs.items() if (why := self._lost(run, each))}
            answers = {run: self._known(run).plain(after=after[run]) for run in runs}
        return 200, {"runs": {**answers, **fenced}}

    def _beat(self, run: str, said: dict[str, Any]) -> Answer:
        with self._changed:
            fenced = self._attach(run, {"attempt": None, **said})
            return (409, fenced) if fenced else (200, self._known(run).plain(after=0))

    def _poll(self, run: str, query: dict[str, str]) -> Answer:
        after = int(query.get("after") or 0)
        deadline = time.monotonic() + min(float(query.get("wait") or 0), MAX_WAIT)
        with self._changed:
            while not self._has_news({run: after}) and self._is_up():
                if not self._changed.wait(deadline - time.monotonic()):
                    break
            return 200, self._known(run).plain(after=after)

    def _acknowledge(self, run: str, said: dict[str, Any]) -> Answer:
        with self._changed:
            known = self.runs.get(run)
            command = known.commands.get(str(said.get("command_id"))) if known else None
            if command is None:
                return 404, {"title": "Not found"}
            stage = CommandStage(said.get("stage"))
            is_allowed = stage in SAID_BY_RUNNERS and command.move(stage, said.get("detail"))
            self._changed.notify_all()
            return (200 if is_allowed else 409), command.plain()

    def _approve(self, run: str, approval: str | None, said: dict[str, Any]) -> Answer:
        with self._changed:
            known = self._known(run)
            if approval is not None:
                status, plain = known.approvals.consume(approval, said)
                if status == 200 and not plain["was_used"]:
                    self._raise(known, known.approvals.permitted(approval))
                return status, plain
            asked = known.approvals.ask(said)
            if self.decides is not None and asked.is_open:
                known.decide(asked, self.decides)
            self._changed.notify_all()
            return 200, asked.plain()

    def decide(self, run: str, decision: Decision, seconds: float, **more: Any) -> Approval:
        """Decide about what waits first in a run, or will within so long. Raises `TimeoutError`."""
        with self._changed:
            self._changed.wait_for(
                lambda: run in self.runs and self.runs[run].approvals.open, seconds
            )
            found = self.runs[run].approvals.open if run in self.runs else []
            if not found:
                raise TimeoutError(f"nothing waits in {run}")
            self.runs[run].decide(found[0], decision, **more)
            self._changed.notify_all()
            return found[0]

    def _reserve(self, run: str, name: str | None, act: str | None, said: dict[str, Any]) -> Answer:
        with self._changed:
            known = self.runs.get(run)
            if known is None or known.observed is ObservedState.QUEUED:
                return 404, {"title": "Not found"}
            if name is None and (known.observed.is_terminal or known.desired in END_STATES):
                return 409, {"title": "Conflict", "detail": "the run has ended, or is to end"}
            if name is None:
                return known.reservations.reserve(said)
            spent = said.get("spent", {}) if act == "settle" else {}
            return known.reservations.settle(name, spent)

    def _raise(self, known: Controlled, action: Action) -> None:
        """Set the limit that somebody agreed to."""
        if action.tool == RAISE_BUDGET:
            said = json.loads(action.arguments)
            known.set_budget(said["dimension"], BudgetSource.COMMAND, hard=said["hard"])
            self._changed.notify_all()

    def _attach(self, run: str, said: dict[str, Any]) -> dict[str, Any] | None:
        self._known(run).reservations.hear(str(said.get("holder")))
        if "attempt" not in said:  # it only listens
            return None
        try:
            self._known(run).attach(said)
        except Refused as error:
            return _conflict(self._known(run), error)
        return None

    def _lost(self, run: str, said: dict[str, Any]) -> dict[str, Any] | None:
        attempt = said.get("attempt")
        if attempt is None or attempt >= self._known(run).attempts:
            return None
        return _conflict(self._known(run), Fenced("another attempt has the run"))

    def _has_news(self, after: dict[str, int]) -> bool:
        return any(self._known(run).seq > seq for run, seq in after.items())

    def _known(self, run: str) -> Controlled:
        """Return a run, made known where it was not: a heartbeat may come before the first event."""
        if run not in self.runs:
            self.runs[run] = Controlled(run, lease_seconds=self.lease_seconds)
            self.runs[run].rules = self.rules
        return self.runs[run]


def _conflict(controlled: Controlled, error: Refused) -> dict[str, Any]:
    return {
        "status": 409,
        "title": "Fenced" if isinstance(error, Fenced) else "Conflict",
        "detail": str(error),
        "state": controlled.observed.value,
        "desired_state": controlled.desired.value,
    }
