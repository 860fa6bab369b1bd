"""A part of a run in another process: it spends from the same budget, and the run is not its own to end."""

from __future__ import annotations

import uuid
from typing import Any

from deliberation.client.alarm import limit
from deliberation.client.bookings import FIRST_WORD_SECONDS, NOT_REACHED, Bookings
from deliberation.client.client import Client
from deliberation.client.clock import Clock
from deliberation.client.current import scopes_around
from deliberation.client.metering import start_meter
from deliberation.client.node import NodeScope
from deliberation.client.recorder import Recorder
from deliberation.client.root import Root
from deliberation.control import Gate, LimitExceeded
from deliberation.control.spending import Meter


class Joined(Root):
    """A run that another process has begun with `shared=True`. Enter it with `with` or `async with`.

    Nodes begin in the run, under the node that was named. It gives way to the run's holds and stops, and
    reserves at the server what it is to spend; it holds no lease and reports neither begin nor end.
    Entering it waits until the server has said what is limited: at most 10 s, then `LimitExceeded`.
    Without a server (no address or no key) it limits nothing.
    """

    def __init__(self, recorder: Recorder, parent: NodeScope | None) -> None:
        super().__init__(recorder)
        self._above = parent
        self._has_begun = False
        self._has_ended = False

    def _begin(self) -> None:
        if not self._has_begun:
            self._listen()
            with limit(self.gate, FIRST_WORD_SECONDS) as is_late:
                self.gate.wait_while(lambda: self._is_unheard() and not is_late())
            self._insist()
            if self.gate.shut:
                self.gate.check(scopes_around())

    async def _abegin(self) -> None:
        if not self._has_begun:
            self._listen()
            with limit(self.gate, FIRST_WORD_SECONDS) as is_late:
                await self.gate.await_while(lambda: self._is_unheard() and not is_late())
            self._insist()
            if self.gate.shut:
                await self.gate.acheck(scopes_around())

    def _end(self, error: BaseException | None) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._conclude(error)
            self._let_go()
            self._recorder.client.part(self.gate)

    def _parent(self, given: NodeScope | None) -> NodeScope | None:
        return super()._parent(given) or self._above

    def _listen(self) -> None:
        self._has_begun = True
        self._recorder.client.begin(self.gate)
        start_meter(self._recorder)

    def _is_unheard(self) -> bool:
        # Whoever has the run has told its limits with that; before, none is not a limit of nothing.
        return self._recorder.client.enabled and not self.gate.ear.is_held

    def _insist(self) -> None:
        if self._is_unheard():
            self._recorder.client.part(self.gate)
            self.gate.halt(LimitExceeded(NOT_REACHED))
            raise self.gate.stopped() or LimitExceeded(NOT_REACHED)


class _Above(NodeScope):
    """A node that another process has begun."""

    def __init__(self, recorder: Recorder, name: str) -> None:
        super().__init__(recorder, None, {})
        self.id = name
        self._has_begun = self._has_ended = True


def join_run(client: Client, run_id: Any, *, parent: Any = None) -> Joined:
    """Return a run of another process, to be entered; reported through `client`.

    `run_id` is a run or its id, `parent` the node that its nodes hang under, or that one's id. Raises
    ValueError for an id that is none: whatever was done would not be the run's.
    """
    run = str(uuid.UUID(str(getattr(run_id, "id", run_id))))
    gate = Gate(run)
    gate.is_listener = True
    gate.meter = Meter()
    if client.enabled:
        gate.meter.bookings = Bookings(client, run)
    recorder = Recorder(
        client,
        run,
        client.make_producer(),
        gate,
        now_ns=Clock(),
        randbytes=client.randbytes,
    )
    above = getattr(parent, "id", parent)
    return Joined(recorder, _Above(recorder, str(above)) if above is not None else None)
