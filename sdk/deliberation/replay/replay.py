"""What a run that repeats another does about each of its calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from deliberation.replay.job import Job
from deliberation.replay.recorded import Recorded
from deliberation.replay.recording import Recording
from deliberation.vocabulary import AfterDifference, CallSort, Difference, ReplayMode


class Called(NamedTuple):
    """A call as the program makes it. `arguments` is canonical JSON."""

    key: str | None
    sort: CallSort
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A difference, in the fields of `replay.diverged`; and in a sentence."""

    facts: dict[str, Any]
    sentence: str

    @property
    def stops(self) -> bool:
        """True when the replay ends there."""
        return self.facts["then"] is AfterDifference.STOPPED


class Met(NamedTuple):
    """What becomes of a call: answered by what was recorded, else made; and a difference that was met."""

    recorded: Recorded | None = None
    told: Told | None = None


class Replay:
    """Answers the calls of one run from the recording of another. Safe for threads and tasks.

    - `recorded`: a call without a recorded answer is a difference. Strict, the run ends there; else that call and all
      later ones are made live.
    - `fork`: a call that the recording does not have lies behind the fork point and is made; one that it has is
      answered, in whatever order they come. What the recording has and nobody asked for is told at the end.
    - `live`: nothing is answered.
    """

    def __init__(self, job: Job, recording: Recording | None = None) -> None:
        self.job = job
        self.strict = job.strict
        self.answered = self.made = self.differences = 0
        self.on_live: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        self._unused = (
            dict(recording.calls) if recording and job.mode is not ReplayMode.LIVE else {}
        )
        self._nodes_left = (recording.nodes if recording else None) or 0
        self._is_claimed = False
        self._has_gone_live = job.mode is ReplayMode.LIVE or self._is_past_fork()

    @property
    def mode(self) -> ReplayMode:
        """How it comes by its results."""
        return self.job.mode

    @property
    def is_live(self) -> bool:
        """True once calls are made live: from the begin, behind the fork point, or after a difference."""
        return self._has_gone_live

    @property
    def unused(self) -> list[Recorded]:
        """What nobody has asked for yet."""
        with self._lock:
            return list(self._unused.values())

    def claim(self) -> bool:
        """Return True to the first run that begins: that one is the replay."""
        with self._lock:
            is_first, self._is_claimed = not self._is_claimed, True
            return is_first

    @property
    def is_claimed(self) -> bool:
        """True once a run has begun."""
        return self._is_claimed

    def override(self, name: str, default: Any) -> Any:
        """Return what a setting is to be from here on: overrides count where calls are live."""
        is_meant = self.mode is not ReplayMode.RECORDED and self.is_live
        return self.job.overrides.get(name, default) if is_meant else default

    def has(self, key: str | None) -> bool:
        """Return True while the recording has this call, and nobody has asked for it."""
        return key in self._unused and not self._answers_nothing()

    def meet(self, called: Called, node: str | None = None) -> Met:
        """Decide about a call that begins, in this node."""
        with self._lock:
            met = Met() if self._answers_nothing() else self._find(called, node)
        self._announce()
        return met

    def count_node(self) -> None:
        """Count a node that begins: a fork is live from where as many have begun as its original had before."""
        with self._lock:
            self._nodes_left -= 1
            self._has_gone_live = self._has_gone_live or self._is_past_fork()
        self._announce()

    def count(self, *, is_answered: bool) -> None:
        """Count a call that is over."""
        with self._lock:
            self.answered += is_answered
            self.made += not is_answered

    def compare(
        self, called: Called, recorded: Recorded, got: dict[str, Any], node: str | None
    ) -> Told | None:
        """Hold what a call came to that was made although it is recorded against that; None where it is the same."""
        if got.get("raised") is not None or recorded.raised is not None:
            is_same = got.get("raised") == recorded.raised
        else:
            is_same = got.get("result") == recorded.result
        if is_same:
            return None
        with self._lock:
            told = self._tell(Difference.OTHER_OUTCOME, called, recorded, node, got=got)
        self._announce()
        return told

    def left_over(self) -> list[Told]:
        """Return the recorded calls that were never asked for, each as a difference."""
        with self._lock:
            if self.mode is ReplayMode.LIVE or (self._has_gone_live and not self._is_fork()):
                return []
            return [self._told_of_unused(each) for each in self._unused.values()]

    def _find(self, called: Called, node: str | None) -> Met:
        recorded = self._unused.pop(called.key, None) if called.key is not None else None
        if recorded is None:
            return self._miss(called, node)
        self._has_gone_live = self._has_gone_live or self._is_past_fork()
        if not recorded.can_answer:
            return Met(None, self._tell(Difference.NO_ANSWER, called, recorded, node))
        return Met(recorded)

    def _miss(self, called: Called, node: str | None) -> Met:
        if self._is_fork():
            self._has_gone_live = True
            return Met()
        nearest = self._nearest(called)
        return Met(None, self._tell(Difference.NOT_RECORDED, called, nearest, node))

    def _tell(
        self,
        difference: Difference,
        called: Called,
        recorded: Recorded | None,
        node: str | None,
        *,
        got: dict[str, Any] | None = None,
    ) -> Told:
        self.differences += 1
        then = self._after(difference)
        asked = {"name": called.name, "arguments": called.arguments}
        facts: dict[str, Any] = {
            "difference": difference,
            "call_sort": called.sort,
            "then": then,
            "call_key": called.key,
            "name": called.name or None,
            "node": node,
            "got": {**asked, **(got or {})},
        }
        if recorded is not None:
            facts |= {"recorded_key": recorded.key, "recorded_seq": recorded.seq}
            facts["expected"] = recorded.told()
        return Told(facts=facts, sentence=_sentence(difference, called, recorded))

    def _after(self, difference: Difference) -> AfterDifference:
        if self._is_fork():
            is_made = difference is Difference.NO_ANSWER
            return AfterDifference.LIVE if is_made else AfterDifference.NOTED
        if self.strict:
            return AfterDifference.STOPPED
        self._has_gone_live = True
        return AfterDifference.LIVE

    def _nearest(self, called: Called) -> Recorded | None:
        """Return what the recorded run most likely asked for in its place."""
        unused = self._unused.values()
        alike = (each for each in unused if (each.sort, each.name) == (called.sort, called.name))
        same_sort = (each for each in unused if each.sort is called.sort)
        return next(alike, None) or next(same_sort, None) or next(iter(unused), None)

    def _told_of_unused(self, recorded: Recorded) -> Told:
        facts: dict[str, Any] = {
            "difference": Difference.NEVER_ASKED,
            "call_sort": recorded.sort,
            "then": AfterDifference.NOTED,
            "name": recorded.name or None,
            "recorded_key": recorded.key,
            "recorded_seq": recorded.seq,
            "expected": recorded.told(),
        }
        return Told(
            facts=facts, sentence=f"{recorded.sort.value} {recorded.name} was not asked for"
        )

    def _answers_nothing(self) -> bool:
        return self._has_gone_live and not self._is_fork()

    def _is_fork(self) -> bool:
        return self.job.mode is ReplayMode.FORK

    def _is_past_fork(self) -> bool:
        return self._is_fork() and not self._unused and self._nodes_left <= 0

    def _announce(self) -> None:
        """Say that it went live. Without the lock: whoever hears it may ask for something."""
        while self._has_gone_live and self.on_live:
            with self._lock:
                say = self.on_live.pop() if self.on_live else None
            if say is not None:
                say()


def _sentence(difference: Difference, called: Called, recorded: Recorded | None) -> str:
    what = f"{called.sort.value} {called.name}".strip()
    if difference is Difference.NO_ANSWER and recorded is not None:
        return f"the recording has no answer for {what} (entry {recorded.seq}): {recorded.why_not}"
    if difference is Difference.OTHER_OUTCOME and recorded is not None:
        return f"{what} came to something else than recorded (entry {recorded.seq})"
    return f"{what} was called, which the recorded run had not done"
