"""Calls: steps that go on elsewhere, and that a pause waits for."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from deliberation.client.node import NodeScope

if TYPE_CHECKING:
    from typing import Self


class CallScope(NodeScope):
    """A call, in progress between entering and leaving it.

    Nothing of it can be cut from here: a run is not said to be paused before it is over.
    """

    def __enter__(self) -> Self:
        entered = super().__enter__()
        self._recorder.gate.begin_call(self)
        return entered

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._recorder.gate.end_call(self)
        super().__exit__(kind, error, trace)

    async def __aenter__(self) -> Self:
        entered = await super().__aenter__()
        self._recorder.gate.begin_call(self)
        return entered

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._recorder.gate.end_call(self)
        await super().__aexit__(kind, error, trace)
