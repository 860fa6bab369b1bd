"""The fake: what it received, and what an operator does with it."""

from __future__ import annotations

import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import ThreadingHTTPServer
from typing import Any

from deliberation.events import RunEnded
from deliberation.events.base import Event
from deliberation.events.fields import Invalid
from deliberation.events.server_made import read_sent
from deliberation.fake.approval import Approval
from deliberation.fake.command import Command
from deliberation.fake.controlled import Controlled
from deliberation.fake.controls import Controls
from deliberation.fake.handler import handler_of
from deliberation.fake.recordings import recording_of
from deliberation.fake.replays import Asked, Replays
from deliberation.fake.request import Request, Trouble
from deliberation.ledger.action import write_arguments
from deliberation.vocabulary import BudgetSource, CommandKind, Decision

KEY = "fake-key"
EVENTS = "/v1/events"
SPANS = "/v1/traces"

Answer = tuple[int, dict[str, str], "dict[str, Any] | bytes"]


class Listener(ThreadingHTTPServer):
    """Holds nobody up at its end, and says nothing of those who hang up."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave out what a client that hung up would print."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Server:
    """The fake. `events` are in the order of their arrival, each key of a run once.

    A `run` is a `dl.run(…)`, or an id. Commands raise `LookupError` for a run that was never heard
    of, and `Refused`, with the reason, where they do not apply.
    """

    def __init__(self, key: str = KEY) -> None:
        self.key = key
        self.delay = 0.0
        self.requests: list[Request] = []
        self.controls = Controls(lambda: self.is_up)
        self.replays = Replays()
        self._events: dict[tuple[str, str], Event] = {}
        self._repeated = 0
        self._troubles: list[Trouble] = []
        self._lock = threading.Lock()
        self._port = 0
        self._http: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens, or listened; one that went away comes back at the same address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        with self._lock:
            return list(self._events.values())

    @property
    def posts(self) -> list[Request]:
        """The requests that carried events."""
        return [request for request in self.requests if request.path == EVENTS]

    @property
    def repeated(self) -> int:
        """How many events came that were there already."""
        return self._repeated

    def of(self, kind: str) -> list[Any]:
        """Return the events of one kind, such as `node.started`."""
        return [event for event in self.events if kind == event.KIND]

    def wait_for(self, run: Any, seconds: float = 30.0) -> None:
        """Return when the program listens for commands to the run. Raises `TimeoutError`."""
        self.controls.wait_for(_id(run), seconds)

    def pause(self, run: Any, reason: str = "") -> Command:
        """Place a hold."""
        return self.controls.issue(_id(run), CommandKind.PAUSE, reason=reason)

    def resume(self, run: Any, reason: str = "") -> Command:
        """Lift the newest hold."""
        return self.controls.issue(_id(run), CommandKind.RESUME, reason=reason)

    def stop(self, run: Any, reason: str = "") -> Command:
        """Ask the program to end in order."""
        return self.controls.issue(_id(run), CommandKind.STOP, reason=reason)

    def kill(self, run: Any, reason: str = "") -> Command:
        """Ask the supervisor to end the process."""
        return self.controls.issue(_id(run), CommandKind.KILL, reason=reason)

    def steer(self, run: Any, message: str, reason: str = "") -> Command:
        """Hand the program a message."""
        return self.controls.issue(_id(run), CommandKind.STEER, reason=reason, message=message)

    def raise_budget(self, run: Any, reason: str = "", **budgets: Any) -> Command:
        """Set limits anew: a hard one by dimension, or `{"hard": …, "soft": …}`."""
        plain = {
            name: each if isinstance(each, dict) else {"hard": each}
            for name, each in budgets.items()
        }
        kind = CommandKind.RAISE_BUDGET
        return self.controls.issue(_id(run), kind, reason=reason, budgets=plain)

    def set_budget(self, run: Any, dimension: str, source: str = "policy", **limits: Any) -> None:
        """Set a limit as the project's policy does, or as the run that this one was forked from."""
        self.controls.set_budget(_id(run), BudgetSource(source), dimension, **limits)

    def overspent(self, run: Any, reason: str = "") -> Command:
        """Ask the program to end as the server does when too much was recorded."""
        return self.controls.issue(_id(run), CommandKind.STOP, reason=reason, by="server:budget")

    def approve(self, run: Any, reason: str = "", seconds: float = 30.0) -> Approval:
        """Agree to the action that waits in a run, or will. Raises `TimeoutError`."""
        return self.controls.decide(_id(run), Decision.APPROVE, seconds, reason=reason)

    def reject(self, run: Any, reason: str = "", seconds: float = 30.0) -> Approval:
        """Refuse it; the program may go on."""
        return self.controls.decide(_id(run), Decision.REJECT, seconds, reason=reason)

    def modify(self, run: Any, arguments: Any, reason: str = "", seconds: float = 30.0) -> Approval:
        """Agree to it with other arguments."""
        more = {"reason": reason, "arguments": write_arguments(arguments)}
        return self.controls.decide(_id(run), Decision.MODIFY, seconds, **more)

    def terminate(self, run: Any, reason: str = "", seconds: float = 30.0) -> Approval:
        """Refuse it, and the run with it."""
        return self.controls.decide(_id(run), Decision.TERMINATE, seconds, reason=reason)

    def decide_all(self, decision: Decision | str | None) -> None:
        """Decide so about whatever is asked from now on, at once; None lets it wait again."""
        self.controls.decides = None if decision is None else Decision(decision)

    def fence(self, run: Any) -> None:
        """Let another process take the run over."""
        self.controls.fence(_id(run))

    def control_of(self, run: Any) -> Controlled:
        """Return what is known of a run's control: `observed`, `states`, `holds`, `lease`, …"""
        return self.controls.of(_id(run))

    def recording(self, run: Any, *, until: str | None = None) -> bytes:
        """Return the recording of a run as NDJSON; of a fork, up to a node. Raises `LookupError`."""
        return recording_of(_id(run), self.events, until=until)

    def ask_replay(self, run: Any, mode: str = "recorded", **told: Any) -> Asked:
        """Ask for a replay, which a `deliberation runner` may claim; `told` are fields of its job.

        Raises `LookupError` for a run that states no entry point.
        """
        return self.replays.ask(_id(run), self.events, mode, **told)

    def fail_next(self, status: int, *, times: int = 1, retry_after: str | None = None) -> None:
        """Answer the next posts of events with this status."""
        with self._lock:
            self._troubles += [Trouble(status, retry_after)] * times

    def start(self) -> None:
        """Listen; again, after it went away."""
        http = Listener(("127.0.0.1", self._port), handler_of(self))
        self._port = http.server_port
        self._http = http
        self._thread = threading.Thread(
            target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def go_away(self) -> None:
        """Stop listening, and answer what still comes over open connections with 503."""
        http, self._http = self._http, None
        self.controls.wake()
        if http is not None and self._thread is not None:
            http.shutdown()
            http.server_close()
            self._thread.join()

    @property
    def is_up(self) -> bool:
        """True while it listens."""
        return self._http is not None

    def answer(self, request: Request) -> Answer:
        """Return status, header fields and JSON for a request."""
        authorization = request.headers.get("authorization", "")
        if not self.is_up:
            return 503, {}, {"title": "away"}
        if not authorization.startswith("Bearer "):
            return 401, {}, {"title": "Unauthorized", "detail": "A key is needed."}
        if authorization != f"Bearer {self.key}":
            return 401, {}, {"title": "Unauthorized", "detail": "The key is not known."}
        if (request.method, request.path) == ("POST", EVENTS):
            return self._trouble() or (200, {}, self._receive(request.body))
        if (request.method, request.path) == ("POST", SPANS):
            return 200, {}, {}
        replayed = self.replays.answer(request)
        if replayed is not None:
            return replayed[0], {}, replayed[1]
        controlled = self.controls.answer(request)
        if controlled is None:
            return 404, {}, {"title": "Not found"}
        # One that went away while a poll waited answers nothing that is true.
        return (controlled[0], {}, controlled[1]) if self.is_up else (503, {}, {"title": "away"})

    def _trouble(self) -> Answer | None:
        with self._lock:
            trouble = self._troubles.pop(0) if self._troubles else None
        if trouble is None:
            return None
        wait = {"Retry-After": trouble.retry_after} if trouble.retry_after else {}
        return trouble.status, wait, {"title": "As asked"}

    def _receive(self, body: bytes) -> dict[str, Any]:
        rejected: list[dict[str, Any]] = []
        accepted = 0
        runs: set[str] = set()
        for number, line in enumerate(body.splitlines(), start=1):
            try:
                event = read_sent(line)
            except Invalid as error:
                rejected.append({"line": number, "error": str(error)})
                continue
            accepted += 1
            runs.add(event.run)
            self._keep(event)
        heads = [self._head(run) for run in sorted(runs)]
        answer = {"accepted": accepted, "rejected": rejected, **self.controls.pending(runs)}
        return {**answer, "head": heads[0] if heads else None, "heads": heads, "notes": []}

    def _keep(self, event: Event) -> None:
        with self._lock:
            is_known = (event.run, event.key) in self._events
            self._repeated += is_known
            self._events.setdefault((event.run, event.key), event)
        if not is_known:
            self.controls.take_in(event)
        self.controls.record(event.run, event.state if isinstance(event, RunEnded) else None)

    def _head(self, run: str) -> str:
        """In the shape of a real one; it stands for no ledger."""
        with self._lock:
            keys = [key for of, key in self._events if of == run]
        return f"{run} {len(keys)} {b64encode(sha256(repr(keys).encode()).digest()).decode()}"


@contextmanager
def server(key: str = KEY) -> Iterator[Server]:
    """Yield a fake that listens until the block is left."""
    made = Server(key)
    made.start()
    try:
        yield made
    finally:
        made.go_away()


def _id(run: Any) -> str:
    return str(getattr(run, "id", run))
