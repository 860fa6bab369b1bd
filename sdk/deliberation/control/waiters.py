"""Who waits at a gate, and which calls go on meanwhile: what a pause amounts to."""

from __future__ import annotations

from deliberation.vocabulary import ObservedState

Call = object
NO_CALLS: frozenset[Call] = frozenset()


class Waiters:
    """The waits of a run, and its calls in progress.

    A wait is the state it stands for, and the calls it is part of: a tool call whose own steps wait
    is no call that goes on.
    """

    def __init__(self) -> None:
        self.calls: set[Call] = set()
        self._waits: list[tuple[ObservedState, frozenset[Call]]] = []

    @property
    def in_call(self) -> bool:
        """True while a call is in progress that waits nowhere: it cannot be cut from here."""
        around = NO_CALLS.union(*(calls for _, calls in list(self._waits)))
        return not around.issuperset(list(self.calls))

    def add(self, state: ObservedState, around: frozenset[Call]) -> None:
        """Note that somebody waits."""
        self._waits.append((state, around))

    def remove(self, state: ObservedState, around: frozenset[Call]) -> None:
        """Note that one of those waits is over."""
        self._waits.remove((state, around))

    def state(self, *, is_held: bool) -> ObservedState:
        """Return the state of a run that is not to stop.

        `paused` is said only when somebody waits and no call goes on.
        """
        if is_held:
            is_still = bool(self._waits) and not self.in_call
            return ObservedState.PAUSED if is_still else ObservedState.PAUSING
        plain = (ObservedState.PAUSED, ObservedState.RUNNING)
        others = (state for state, _ in self._waits if state not in plain)
        return next(others, ObservedState.RUNNING)
