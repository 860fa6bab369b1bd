"""Which answer is the best so far, kept up to date with every entry that speaks of a candidate.

By the rules of `traces.analytics.decision`, on the order of the ledger, and by what was known of votes and values at
that entry: the most votes, the highest value, else the latest. Of equals the one that was best before stays so. What
decides between the rules is what `traces.queries.margin` looks at, as far as it was known by then.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush

from deliberation.vocabulary import Strategy
from traces.analytics.decision import Rule
from traces.projection.states import RunState


@dataclass(slots=True)
class _Held:
    """What a candidate holds; `place` is its rank among candidates in the order in which they came."""

    place: int
    ordinal: int
    label: str | None
    votes: int | None
    value: float | None


@dataclass(slots=True)
class _Group:
    """The candidates with one answer: how many, and how many state how many votes."""

    count: int = 0
    stated: Counter[int] = field(default_factory=Counter)

    @property
    def votes(self) -> int:
        """The votes of the answer, as `traces.queries.candidates` counts them."""
        if not self.stated or set(self.stated) == {self.count}:
            return self.count
        return sum(votes * times for votes, times in self.stated.items())


@dataclass(frozen=True, slots=True)
class Best:
    """The best answer so far, by the candidate that made it so; `strength` is its votes or its value."""

    ordinal: int
    rule: Rule
    strength: float | None


class Lead:
    """The candidates of a run, and which of their answers is ahead."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._groups: dict[str, _Group] = {}
        self._by_value: list[tuple[float, int, str]] = []
        self._stated = self._valued = self._shared = 0
        self._ahead: tuple[str, int] | None = None
        self._latest: int | None = None

    def note(
        self,
        node_id: str,
        *,
        ordinal: int,
        label: str | None,
        votes: int | None,
        value: float | None,
    ) -> None:
        """Keep what is known of a candidate now."""
        before = self._held.get(node_id)
        held = _Held(before.place if before else len(self._held), ordinal, label, votes, value)
        if before == held:
            return
        self._held[node_id] = held
        if before is not None:
            self._count(before, -1)
        self._count(held, 1)
        if held.value is not None and label is not None:
            heappush(self._by_value, (-held.value, held.place, node_id))
        if before is None and label is not None:
            self._latest = ordinal
        self._follow_votes(held, before)

    def best(self, run: RunState) -> Best | None:
        """Return what the run would have returned, had it stopped here; None where no answer is known."""
        if self._is_decided_by_votes(run):
            if self._ahead is None:
                return None
            label, ordinal = self._ahead
            return Best(ordinal, Rule.VOTES, float(self._groups[label].votes))
        top = self._highest()
        if top is not None:
            return Best(top.ordinal, Rule.VALUE, top.value)
        return None if self._latest is None else Best(self._latest, Rule.LATEST, None)

    def _count(self, held: _Held, by: int) -> None:
        self._stated += by * (held.votes is not None)
        self._valued += by * (held.value is not None)
        if held.label is None:
            return
        group = self._groups.setdefault(held.label, _Group())
        self._shared -= group.count > 1
        group.count += by
        self._shared += group.count > 1
        if held.votes is not None:
            group.stated[held.votes] += by
            if not group.stated[held.votes]:
                del group.stated[held.votes]

    def _follow_votes(self, held: _Held, before: _Held | None) -> None:
        if before is not None and before.label is not None and before.label != held.label:
            self._ahead = (
                self._most_voted()
            )  # an answer was taken back: seldom, and all are looked at
        elif held.label is not None:
            votes = self._groups[held.label].votes
            most = self._groups[self._ahead[0]].votes if self._ahead else 0
            if self._ahead is None or votes > most:
                self._ahead = (held.label, held.ordinal)
            elif before is not None and before.votes != held.votes:
                self._ahead = self._most_voted()

    def _most_voted(self) -> tuple[str, int] | None:
        known = [each for each in self._held.values() if each.label is not None]
        top = max(
            known,
            key=lambda each: (self._groups[each.label or ""].votes, -each.place),
            default=None,
        )
        return None if top is None or top.label is None else (top.label, top.ordinal)

    def _highest(self) -> _Held | None:
        while self._by_value:
            value, _, node_id = self._by_value[0]
            held = self._held[node_id]
            if held.value == -value and held.label is not None:
                return held
            heappop(self._by_value)
        return None

    def _is_decided_by_votes(self, run: RunState) -> bool:
        rule = (run.rule or "").lower()
        if run.margin_unit is not None:
            return "vote" in run.margin_unit
        if "vote" in rule or "major" in rule or self._stated:
            return True
        if (run.strategy_set or run.strategy_stated) == Strategy.SELF_CONSISTENCY.value:
            return True
        return self._shared > 0 and not self._valued
