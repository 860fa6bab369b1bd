"""What a run would have answered by another rule, from fewer samples, a narrower search or a tighter budget.

Nothing runs: it is computed from what was recorded, see `traces.analytics`; what the recording does not hold is
undefined, with the reason.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from deliberation.vocabulary import Dimension
from traces.analytics.best_of_n import chances_of_best
from traces.analytics.capped import decided_within
from traces.analytics.pass_at_k import pass_at_k
from traces.analytics.threshold import first_accepted
from traces.analytics.turning_point import turning_point
from traces.analytics.undefined import Estimate, Undefined
from traces.analytics.votes import chances_by_votes, chances_by_weight
from traces.analytics.wilson import wilson
from traces.models import Run
from traces.queries.access import Who, see_run
from traces.queries.decision import get_decision
from traces.queries.narrower import search_anew
from traces.queries.recorded_samples import Samples
from traces.queries.sample_scores import usual_threshold
from traces.queries.what_if import Asked, Counterfactual, CurvePoint, Possible, WhatIf

MOST_VOTERS = 1_000
"""Of more a vote over all draws, by numbers or by weight, takes longer than somebody waits: 11 s of 10,000."""
HAS_THRESHOLD = (WhatIf.BEST, WhatIf.ACCEPTED)
CURVE_POINTS = 12
KEPT = 128
"""Votes whose count is kept: for a few runs that somebody looks at; they hold numbers, and no text."""


# A page, its figure and its table ask the same one after the other, and a slider nearly the same.
_votes = lru_cache(maxsize=KEPT)(chances_by_votes)
_weights = lru_cache(maxsize=KEPT)(chances_by_weight)


def get_counterfactual(*, who: Who, run_id: str | uuid.UUID, asked: Asked) -> Counterfactual:
    """Return what would have been answered. Raises NotVisible."""
    return _Reader(who, see_run(who, run_id)).answer(asked)


class _Reader:
    """What can be asked of a run, and what comes of it."""

    def __init__(self, who: Who, run: Run) -> None:
        self._who, self._run = who, run
        self._samples = Samples(run)
        self._rows, self._right = self._samples.rows, self._samples.right
        self._scores = self._samples.scores

    def answer(self, asked: Asked) -> Counterfactual:
        """Return the whole."""
        rules = self._rules()
        rule = asked.rule or (rules[0] if rules else None)
        by = asked.by if asked.by in self._scores else next(iter(self._scores), None)
        n = len(self._rows) if asked.n is None else asked.n
        filled = replace(asked, rule=rule, n=n, by=by)
        if rule is WhatIf.CAP:
            return self._capped(filled, rules)
        if rule is WhatIf.SEARCH:
            return self._searched(filled, rules)
        return self._drawn(filled, rules)

    def _rules(self) -> list[WhatIf]:
        found = []
        if len(self._rows) > 1:
            found += [WhatIf.VOTES]
            if self._scores:
                found += [WhatIf.BEST, WhatIf.WEIGHTED, WhatIf.ACCEPTED]
        if search_anew(self._run, width=None, threshold=None) is not None:
            found.insert(0, WhatIf.SEARCH)
        if self._rows:
            found.append(WhatIf.CAP)
        return found

    def _drawn(self, asked: Asked, rules: list[WhatIf]) -> Counterfactual:
        n = asked.n or 0
        used = replace(asked, threshold=self._threshold(asked))
        found = self._chances(used, n)
        shared: dict[str, Any] = {
            "asked": asked,
            "rules": rules,
            "scores": list(self._scores),
            "samples": len(self._rows),
            "threshold": used.threshold if asked.rule in HAS_THRESHOLD else None,
        }
        if isinstance(found, Undefined):
            return Counterfactual(**shared, undefined=found)
        chances, nothing, draws = found
        is_right = self._samples.are_known
        right_of = self._right.count(True)
        curve = [self._point(used, point, is_right) for point in self._points(n)]
        cost, is_estimated = self._samples.cost_of(draws)
        return Counterfactual(
            **shared,
            **self._samples.tell(chances, asked.normaliser),
            nothing=nothing,
            cost=cost,
            is_estimated=is_estimated,
            whole_cost=self._run.cost,
            draws=draws if asked.rule is WhatIf.ACCEPTED else None,
            right_of=right_of if is_right else None,
            interval=wilson(right_of, len(self._rows)) if is_right else Undefined.NO_OUTCOMES,
            curve=curve,
            curve_is_right=is_right,
            turning=turning_point((each.n, each.chance) for each in curve) if is_right else None,
        )

    def _chances(self, asked: Asked, n: int) -> tuple[list[float], float, float] | Undefined:
        """Return each sample's chance to be returned, that nothing is, and how many are drawn."""
        if not self._rows:
            return Undefined.NO_SAMPLES
        if not 1 <= n <= len(self._rows):
            return Undefined.TOO_FEW_SAMPLES
        if asked.rule in (WhatIf.VOTES, WhatIf.WEIGHTED) and len(self._rows) > MOST_VOTERS:
            return Undefined.TOO_MANY_SAMPLES
        scores = self._scores.get(asked.by or "")
        if asked.rule is WhatIf.VOTES:
            found = _votes(self._samples.groups(asked.normaliser), n)
        elif scores is None:
            return Undefined.NO_SCORES
        elif asked.rule is WhatIf.WEIGHTED:
            found = _weights(self._samples.groups(asked.normaliser), tuple(scores), n)
        elif asked.rule is WhatIf.ACCEPTED:
            first = first_accepted(scores, n, asked.threshold or 0.0)
            if isinstance(first, Undefined):
                return first
            return first.chances, first.nothing, first.draws
        else:
            found = chances_of_best(scores, n)
            if asked.threshold is not None and not isinstance(found, Undefined):
                pairs = zip(found, scores, strict=True)
                found = [chance if score >= asked.threshold else 0.0 for chance, score in pairs]
        if isinstance(found, Undefined):
            return found
        return found, max(0.0, 1 - sum(found)), float(n)

    def _threshold(self, asked: Asked) -> float | None:
        """Return what a score has to reach; where nobody said so, of what accepts, the usual."""
        scores = self._scores.get(asked.by or "")
        if asked.threshold is not None or asked.rule is not WhatIf.ACCEPTED or scores is None:
            return asked.threshold
        return usual_threshold(self._run, asked.by or "", scores)

    def _point(self, asked: Asked, n: int, is_right: bool) -> CurvePoint:
        found = self._chances(asked, n)
        right_of = self._right.count(True)
        coverage = pass_at_k(len(self._rows), right_of, n) if is_right else Undefined.NO_OUTCOMES
        if isinstance(found, Undefined):
            return CurvePoint(n=n, chance=found, coverage=coverage, cost=None)
        chances, _, draws = found
        return CurvePoint(
            n=n,
            chance=self._wanted(chances, is_right),
            coverage=coverage,
            cost=self._samples.cost_of(draws)[0],
        )

    def _wanted(self, chances: list[float], is_right: bool) -> Estimate:
        if is_right:
            return sum(chance for chance, right in zip(chances, self._right, strict=True) if right)
        chosen = next((row.label for row in self._rows if row.chosen), None)
        if chosen is None:
            return Undefined.NO_OUTCOMES
        pairs = zip(chances, self._rows, strict=True)
        return sum(chance for chance, row in pairs if row.label == chosen)

    def _points(self, n: int) -> list[int]:
        """Return at how many samples the curve is computed: by doublings, with what is asked and all."""
        count = len(self._rows)
        doubled = [2**power for power in range(CURVE_POINTS) if 2**power < count]
        return sorted({*doubled, n, count})

    def _capped(self, asked: Asked, rules: list[WhatIf]) -> Counterfactual:
        decision = get_decision(who=self._who, run_id=self._run.pk)
        cap = asked.cap if asked.cap is not None else decision.total
        shared: dict[str, Any] = {
            "asked": replace(asked, cap=cap),
            "rules": rules,
            "scores": list(self._scores),
            "samples": len(self._rows),
            "dimension": decision.dimension.value if decision.dimension else None,
        }
        is_other = asked.cap_is_usd and decision.dimension is not Dimension.USD
        if cap is None or is_other or not decision.leads:
            return Counterfactual(**shared, undefined=Undefined.NOT_RECORDED)
        place = decided_within([lead.spent for lead in decision.leads], cap)
        lead = decision.leads[place] if place is not None else None
        answers = []
        if lead is not None:
            answers = [
                Possible(
                    answer=lead.answer,
                    chance=1.0,
                    ordinal=lead.ordinal,
                    correct=lead.correct,
                    is_recorded=lead.answer == decision.returned,
                )
            ]
        known = [
            (place, float(each.correct))
            for place, each in enumerate(decision.leads)
            if each.correct is not None
        ]
        return Counterfactual(
            **shared,
            answers=answers,
            nothing=0.0 if lead is not None else 1.0,
            right=float(lead is not None and lead.correct is True),
            wrong=float(lead is not None and lead.correct is False),
            unknown=float(lead is not None and lead.correct is None),
            cost=min(cap, decision.total) if decision.total is not None else cap,
            whole_cost=decision.total,
            turning=turning_point(known),
        )

    def _searched(self, asked: Asked, rules: list[WhatIf]) -> Counterfactual:
        found = search_anew(self._run, width=asked.width, threshold=asked.threshold)
        shared: dict[str, Any] = {
            "asked": asked,
            "rules": rules,
            "scores": list(self._scores),
            "samples": len(self._rows),
            "searched": found,
            "threshold": asked.threshold,
            "whole_cost": self._run.cost,
        }
        if found is None or (found.returned is None and found.unknown):
            return Counterfactual(**shared, undefined=Undefined.NOT_RECORDED)
        row = next((each for each in self._rows if each.node_id == found.returned), None)
        right = None if row is None else self._right[self._rows.index(row)]
        answers = []
        if found.returned is not None:
            answers = [
                Possible(
                    answer=found.text if row is None else row.answer,
                    chance=1.0,
                    ordinal=found.ordinal,
                    correct=right,
                    is_recorded=found.returned == self._run.selected_node,
                )
            ]
        share = Decimal(found.visited) / max(1, found.generated)
        has_answer = found.returned is not None
        return Counterfactual(
            **shared,
            answers=answers,
            nothing=float(not has_answer),
            right=float(has_answer and right is True),
            wrong=float(has_answer and right is False),
            unknown=float(has_answer and right is None),
            cost=None if self._run.cost is None else self._run.cost * share,
            is_estimated=True,
        )
