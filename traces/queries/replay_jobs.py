"""What a runner is handed with a replay: the program, what to begin it with, and what it may spend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import BudgetSource, Dimension, Limit, OnHit, ReplayMode
from traces.analytics.budget_line import read_lines
from traces.models import Replay, Run
from traces.queries.fork_budgets import read_remainder
from traces.queries.program import read_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimit:
    """A limit of one dimension; one that is `raised` takes the place of what the program states."""

    limit: Limit
    is_raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A replay as its runner needs to know it. `parameters` are those that the original was begun with."""

    replay: Replay
    parameters: Mapping[str, Any]
    limits: Mapping[Dimension, JobLimit]


def read_job(replay: Replay, now_ns: int) -> Job:
    """Return the job of a replay that a runner has claimed."""
    original = Run.objects.filter(pk=replay.of_run).first()
    parameters = None if original is None else read_parameters(original)
    return Job(
        replay=replay,
        parameters=parameters or {},
        limits={} if original is None else _limits(replay, original, now_ns),
    )


def _set_later(original: Run) -> Iterator[tuple[Dimension, Limit]]:
    """Yield the limits that stood in the end and are not the program's own: it would stop at its own again."""
    for name, line in read_lines(original.budgets).items():
        if line.source is not BudgetSource.RUN:
            yield name, line.limit


def _limits(replay: Replay, original: Run, now_ns: int) -> dict[Dimension, JobLimit]:
    if replay.mode == ReplayMode.RECORDED.value:
        return {name: JobLimit(limit=each, is_raised=True) for name, each in _set_later(original)}
    inherited = (
        read_remainder(original, replay.from_seq, now_ns)
        if replay.mode == ReplayMode.FORK.value
        else {}
    )
    found = {name: JobLimit(limit=each, is_raised=False) for name, each in inherited.items()}
    for name, amount in replay.overrides.get("budget", {}).items():
        limit = Limit(hard=Decimal(amount), on_hit=OnHit.STOP)
        found[Dimension(name)] = JobLimit(limit=limit, is_raised=True)
    return found
