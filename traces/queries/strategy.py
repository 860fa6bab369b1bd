"""Which strategy a run followed, who says so, and on what evidence."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext

from deliberation.vocabulary import StrategySource
from traces.analytics.signs import Signs, signs_of
from traces.analytics.strategy import Inferred, infer_strategy
from traces.models import Run
from traces.queries.spoken import told

REASON_CHARS = 200
"""Of a person's reason, where it stands among other things."""

# The choices of a call that is another account of one told here too are the same samples again.
TOLD_AGAIN = """
SELECT sample.run_id, count(*)
FROM traces_node AS call
JOIN traces_node AS sample ON sample.run_id = call.run_id AND sample.parent_id = call.node_id
WHERE call.run_id = ANY(%s) AND call.aside <> 'replayed' AND sample.kind = 'sample'
GROUP BY sample.run_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyTold:
    """All that is said of a run's strategy, each by its own source; the strongest of them stands.

    `set_*` are a person's: who, when in ns since 1970, and why in at most 2,000 characters.
    """

    stated: str | None
    inferred: str
    inferred_from: str
    set: str | None
    set_by: str | None
    set_ns: int | None
    set_reason: str | None


def read_strategy(run: Run) -> StrategyTold:
    """Return what is said of the strategy of a run that the caller may see."""
    inferred = infer_strategy(_signs_of([run])[run.pk])
    return StrategyTold(
        stated=run.strategy_stated,
        inferred=inferred.strategy.value,
        inferred_from=_signs(inferred),
        set=run.strategy_set,
        set_by=run.strategy_set_by,
        set_ns=run.strategy_set_ns,
        set_reason=run.strategy_set_reason,
    )


def evidence_of(runs: Sequence[Run]) -> dict[uuid.UUID, str]:
    """Return, in words, on what the strategy of each run rests."""
    signs = _signs_of(runs)
    return {run.pk: _evidence(run, infer_strategy(signs[run.pk])) for run in runs}


def _evidence(run: Run, inferred: Inferred) -> str:
    if run.strategy_source == StrategySource.STATED.value:
        return gettext("stated by its source")
    if run.strategy_source == StrategySource.SET_BY_PERSON.value:
        return f"{run.strategy_set_by}: {(run.strategy_set_reason or '')[:REASON_CHARS]}"
    return _signs(inferred)


def _signs(inferred: Inferred) -> str:
    return "; ".join(told(each) for each in inferred.signs)


def _signs_of(runs: Sequence[Run]) -> dict[uuid.UUID, Signs]:
    signs = {run.pk: signs_of(run) for run in runs}
    sampled = [pk for pk, each in signs.items() if each.sample and each.model_calls]
    if sampled:
        with connection.cursor() as cursor:
            cursor.execute(TOLD_AGAIN, [sampled])
            for pk, again in cursor.fetchall():
                signs[pk] = signs[pk]._replace(sample=signs[pk].sample - again)
    return signs
