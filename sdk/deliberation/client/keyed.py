"""Calls by their keys: named as they begin, answered in a replay, told exactly as they end."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from deliberation.client.forms import as_told
from deliberation.client.node import NodeScope
from deliberation.client.told import told_difference
from deliberation.client.within import is_within_performed
from deliberation.control import Stopped
from deliberation.replay import Recorded, canonical, raised_again, told_error
from deliberation.replay.replay import Called
from deliberation.vocabulary import CallSort, NodeStatus, TextForm


class KeyedScope(NodeScope):
    """A call that has a key, in its run the only one of that key.

    In a replay `recorded` is what came of the same call in the run that is repeated, None where nothing is known of
    it. `repeat` takes that over. A body that does not is run, and what it comes to is compared with the recording.
    """

    sort: ClassVar[CallSort]
    call_key: str | None = None
    recorded: Recorded | None = None
    _called: Called | None = None
    _is_repeated = False
    _is_met = False
    _stopped: Stopped | None = None

    def repeat(self) -> Any:
        """Finish the call as it was recorded: return its result, or raise its error again, and spend nothing.

        Raises LookupError where there is no recorded answer.
        """
        recorded = self.recorded
        if recorded is None:
            raise LookupError("nothing is recorded of this call: see `recorded`")
        self._is_repeated = True
        status = NodeStatus.ERROR if recorded.error is not None else None
        self._note(
            {
                "output": recorded.result,
                "status": status,
                "error": recorded.error,
                "usage": recorded.usage,
                "cost": recorded.cost,
                "recorded_seq": recorded.answered_by,
                **self._more_of(recorded),
            }
        )
        if recorded.raised is not None:
            raise raised_again(recorded.raised, recorded.error)
        return recorded.result

    def _name_of_call(self) -> str:
        """Return the model, tool or verifier that is called."""
        raise NotImplementedError

    def _asked(self) -> dict[str, Any]:
        """Return what it is called with."""
        given = self._opening.get("input")
        return {} if given is None else {"input": given}

    def _override(self) -> bool:
        """Take in what is to be otherwise where a replay is live; return whether anything is."""
        return False

    def _more_of(self, recorded: Recorded) -> dict[str, Any]:
        """Return what else such a call tells of its end."""
        return {}

    def _begin(self) -> None:
        self._take_key()
        super()._begin()
        self._meet()

    async def _abegin(self) -> None:
        self._take_key()
        await super()._abegin()
        self._meet()

    def _report_start(self) -> None:
        self._take_key()
        super()._report_start()

    def _take_key(self) -> None:
        """Give the call its key, as soon as it is about to begin."""
        keys, replay = self._recorder.keys, self._recorder.replay
        if self._called is not None or self._has_begun or keys is None or is_within_performed(self):
            return
        called = self._make_call(keys.next)
        if replay is not None and not replay.has(called.key) and self._override():
            called = self._make_call(keys.next)
        self._called, self.call_key = called, called.key
        facts: dict[str, Any] = {"call_key": called.key}
        if called.key is not None:
            facts["call_sort"] = called.sort
        given = self._opening.get("input")
        if given is not None:
            facts["input"], facts["input_form"] = as_told(given)
        self._opening = {**self._opening, **facts}

    def _make_call(self, next_key: Any) -> Called:
        name, arguments = self._name_of_call(), canonical(self._asked())
        return Called(next_key(self.sort, name, arguments), self.sort, name, arguments)

    def _meet(self) -> None:
        """In a replay: learn what is to become of it. Raises `Diverged` where the replay ends here."""
        replay, called = self._recorder.replay, self._called
        if replay is None or called is None or self._is_met:
            return
        self._is_met = True
        self.recorded, told = replay.meet(called, self.id)
        stopped = told_difference(self._recorder, told)
        if stopped is not None:
            self._end(stopped)
            raise stopped

    def _end(self, error: BaseException | None) -> None:
        if not self._has_begun:
            self._begin()
        if not self._has_ended and self._called is not None:
            self._close_call(error)
        super()._end(error)

    def _close_call(self, error: BaseException | None) -> None:
        closing = self._closing
        if isinstance(error, Exception):
            closing.setdefault("raised", told_error(error))
        if "output" in closing and "output_form" not in closing:
            closing["output"], closing["output_form"] = as_told(closing["output"])
        replay = self._recorder.replay
        if replay is not None and self._is_met:
            replay.count(is_answered=self._is_repeated)
            if self.recorded is not None and not self._is_repeated:
                self._compare(self.recorded)

    def _compare(self, recorded: Recorded) -> None:
        """Say in what the body of a plain `with` came to something else than what was recorded."""
        replay, called, closing = self._recorder.replay, self._called, self._closing
        assert replay is not None
        assert called is not None
        told = replay.compare(called, recorded, got_of(closing), self.id)
        self._stopped = told_difference(self._recorder, told)


def got_of(closing: dict[str, Any]) -> dict[str, Any]:
    """Return what a call came to as one side of a difference, by the names of a recording."""
    text, form = closing.get("output"), closing.get("output_form")
    got = {"result": json.loads(str(text)) if form is TextForm.JSON else text}
    if "raised" in closing:
        got["raised"] = json.loads(closing["raised"])
    if closing.get("error") is not None:
        got["error"] = closing["error"]
    return got
