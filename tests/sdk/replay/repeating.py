"""One stage for programs: played, and repeated from the fake's recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from deliberation import fake
from deliberation.client import Client
from deliberation.control import Stopped
from deliberation.events import Event
from deliberation.ids import make_run_id
from deliberation.replay import Job, Replay, read_recording, replaying
from deliberation.vocabulary import ReplayMode

Program = Callable[..., Any]


class Stage:
    """Plays programs that return nothing of use; what they did is read from what they reported."""

    def __init__(self, server: fake.Server, client: Client) -> None:
        self.server = server
        self.client = client
        self.stopped: Stopped | None = None
        self.replay: Replay | None = None

    def play(self, program: Program, **given: Any) -> list[Event]:
        """Play it live; return what it reported."""
        before = {event.run for event in self.server.events}
        self.stopped = None
        try:
            program(**given)
        except Stopped as stopped:
            self.stopped = stopped
        assert self.client.flush(30)
        return [event for event in self.server.events if event.run not in before]

    def repeat(
        self,
        program: Program,
        recorded: list[Event],
        mode: ReplayMode | str = "recorded",
        *,
        change: Callable[[bytes], bytes] = lambda lines: lines,
        from_node: str | None = None,
        given: dict[str, Any] | None = None,
        **told: Any,
    ) -> list[Event]:
        """Repeat what was recorded; return what the replay reported."""
        run = recorded[0].run
        lines = change(self.server.recording(run, until=from_node))
        job = Job(
            id=uuid4().hex,
            run_id=make_run_id(self.client.now_ns(), self.client.randbytes),
            of_run=run,
            mode=ReplayMode(mode),
            from_node=from_node,
            **told,
        )
        self.replay = Replay(job, read_recording(lines.splitlines()))
        with replaying(self.replay):
            return self.play(program, **(given or {}))


def keys(events: list[Event]) -> list[str]:
    """The keys of the calls, in the order in which they were made."""
    found = [getattr(event, "call_key", None) for event in events if event.KIND in MADE]
    return [key for key in found if key is not None]


MADE = ("node.started", "value.drawn")


def answer_of(events: list[Event]) -> str | None:
    (ended,) = of(events, "run.ended")
    return ended.answer


def of(events: list[Event], kind: str) -> list[Any]:
    return [event for event in events if kind == event.KIND]
