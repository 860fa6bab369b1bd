"""Calls: steps that go on elsewhere, and that a pause waits for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from deliberation.client.forms import as_told, had_back
from deliberation.client.keyed import KeyedScope
from deliberation.client.within import performed

if TYPE_CHECKING:
    from typing import Self


class CallScope(KeyedScope):
    """A call, in progress between entering and leaving it.

    Nothing of it can be cut from here: a run is not said to be paused before it is over.
    """

    _is_performed = False

    def perform(self, make: Callable[[Self], Any]) -> Any:
        """Enter, do the call by `make(call)`, finish and leave; return its result.

        In a replay the recorded result is returned, or the recorded error raised, and `make` is not called. What
        `make` returns is the result (where that is None: what it told `finish`): a text, or a JSON value that comes
        back as JSON has it, live as in a replay (of a tuple a list). What else `make` does is its own affair: a
        replay repeats none of it, and calls inside it have no keys.
        """
        self._is_performed = True
        with self:
            if self.recorded is not None:
                return self.repeat()
            with performed(self):
                result = make(self)
            return self._take_result(result)

    async def aperform(self, make: Callable[[Self], Any]) -> Any:
        """Do the same in a task; `make` may return something to be awaited."""
        self._is_performed = True
        async with self:
            if self.recorded is not None:
                return self.repeat()
            with performed(self):
                result = make(self)
                if inspect.isawaitable(result):
                    result = await result
            return self._take_result(result)

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
        self._mind_difference(error)

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
        self._mind_difference(error)

    def _take_result(self, result: Any) -> Any:
        if result is None:
            result = self._closing.get("output")
        if result is None:
            return None
        text, form = as_told(result)
        self._note({"output": text, "output_form": form})
        return had_back(text, form, result)

    def _mind_difference(self, error: BaseException | None) -> None:
        """End a strict replay here, where the body came to something else than what was recorded."""
        if error is None and self._stopped is not None:
            raise self._stopped
