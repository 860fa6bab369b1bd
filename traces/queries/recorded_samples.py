"""The candidates of a run as samples to draw from: their answers, scores, outcomes and costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from traces.analytics.normalisers import Normaliser, normalise
from traces.models import Run
from traces.queries.candidates import CandidateRow, read_candidates
from traces.queries.known_right import read_outcomes
from traces.queries.sample_scores import read_costs, read_scores
from traces.queries.what_if import Possible

SHOWN_ANSWERS = 8


class Samples:
    """Samples of a run that the caller may see, in the order of their nodes; `right` is None where nobody knows."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.rows: Sequence[CandidateRow] = read_candidates(run).candidates
        outcomes = read_outcomes(run.pk)
        self.right = [
            True
            if row.node_id in outcomes.right
            else False
            if row.node_id in outcomes.wrong
            else None
            for row in self.rows
        ]
        self.scores = read_scores(run, self.rows)
        self._costs = read_costs(run, self.rows)

    @property
    def are_known(self) -> bool:
        """True where of every sample it is known whether it is right."""
        return bool(self.rows) and None not in self.right

    def labels(self, how: Normaliser) -> list[str | None]:
        """Return what each sample is grouped by, None for one without a vote."""
        if how is Normaliser.RECORDED:
            return [row.label for row in self.rows]
        return [normalise(row.answer, how) for row in self.rows]

    def groups(self, how: Normaliser) -> tuple[int | None, ...]:
        """Return the same as numbers, which hold no text of others."""
        labels = self.labels(how)
        numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
        return tuple(None if label is None else numbers[label] for label in labels)

    def cost_of(self, draws: float) -> tuple[Decimal | None, bool]:
        """Return what so many draws cost on average in dollars, and whether that is estimated."""
        share = Decimal(repr(draws)) / max(1, len(self.rows))
        if self._costs is not None:
            return sum(self._costs, Decimal(0)) * share, False
        return (None if self._run.cost is None else self._run.cost * share), True

    def tell(self, chances: Sequence[float], how: Normaliser) -> dict[str, Any]:
        """Return what would be returned, each answer with its chance, and how often that is right."""
        labels = self.labels(how)
        groups: defaultdict[str | None, list[int]] = defaultdict(list)
        for place, chance in enumerate(chances):
            if chance > 0:
                groups[labels[place]].append(place)
        possible = [self._possible(places, chances) for places in groups.values()]
        possible.sort(key=lambda each: -each.chance)
        rest = possible[SHOWN_ANSWERS:]
        return {
            "answers": possible[:SHOWN_ANSWERS],
            "others": len(rest),
            "others_chance": sum(each.chance for each in rest),
            "right": self._sum(chances, True),
            "wrong": self._sum(chances, False),
            "unknown": self._sum(chances, None),
        }

    def _sum(self, chances: Iterable[float], outcome: bool | None) -> float:
        return sum(c for c, right in zip(chances, self.right, strict=True) if right is outcome)

    def _possible(self, places: Sequence[int], chances: Sequence[float]) -> Possible:
        first = self.rows[places[0]]
        outcomes = {self.right[place] for place in places}
        return Possible(
            answer=first.answer if first.answer is not None else first.label,
            chance=sum(chances[place] for place in places),
            ordinal=first.ordinal,
            correct=outcomes.pop() if len(outcomes) == 1 else None,
            is_recorded=any(self.rows[place].chosen for place in places),
        )
