"""What a run's scopes report through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberation.client.build import build, to_line
from deliberation.client.client import Client
from deliberation.client.line import Line
from deliberation.client.producer import Producer
from deliberation.control import Gate
from deliberation.events.base import Event
from deliberation.ids import make_node_id
from deliberation.replay import Keys, Replay


class Recorder:
    """Makes the events of one run and hands them to the client. `gate` is where the run gives way.

    `keys` names its calls, None where nobody is to repeat them; `replay` answers them, None where it repeats no run.

    Never raises and never waits. A value its field does not allow (a word that is not in the
    vocabulary, a score that is not a finite number) is left out, counted in `Stats.invalid` and
    logged once; an event that cannot stand without it is left out as a whole, in the same way.
    """

    def __init__(
        self,
        client: Client,
        run: str,
        producer: Producer,
        gate: Gate,
        *,
        now_ns: Callable[[], int],
        randbytes: Callable[[int], bytes],
        keys: Keys | None = None,
        replay: Replay | None = None,
    ) -> None:
        self.client = client
        self.run = run
        self.gate = gate
        self.now_ns = now_ns
        self.keys = keys
        self.replay = replay
        self.randbytes = randbytes
        self._producer = producer

    @property
    def producer(self) -> str:
        """The name of who reports."""
        return self._producer.name

    def make_id(self) -> str:
        """Return 16 hex digits: a node's or a verdict's id."""
        return make_node_id(self.randbytes)

    def report(self, event_class: type[Event], *, reserved: bool = False, **given: Any) -> None:
        """Report one event. `reserved` events have room even in a full buffer."""
        client = self.client
        if not client.enabled:
            return
        try:
            built = build(
                event_class,
                run=self.run,
                make_key=self._producer.next_key,
                at=self.now_ns(),
                given=given,
            )
            for problem in built.problems:
                client.refuse(problem)
            if built.event is not None:
                client.put(Line(self.run, to_line(built.event)), reserved=reserved)
        except Exception as error:  # noqa: BLE001 - reporting must never break the program
            client.refuse(f"{event_class.KIND}: {error!r}")
