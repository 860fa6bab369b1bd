"""The runs that a list's filters let through, each with what it cost, what became of it, and its samples."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from deliberation.vocabulary import Strategy
from traces.queries.access import Who
from traces.queries.answer_scores import AnswerScore, read_answer_scores
from traces.queries.judged_samples import Sampled, list_judges, read_samples
from traces.queries.known_runs import read_known
from traces.queries.run_filters import RunFilters, narrow
from traces.queries.run_list import COUNTED, portions_of
from traces.queries.run_order import RunOrder

MOST_SAMPLES = 100_000
"""Candidates that are read for one answer, of the newest runs: three seconds on two slow cores."""
SEARCHES = frozenset(
    {
        *(Strategy.BEAM.value, Strategy.LOOKAHEAD.value, Strategy.TOT_BFS.value),
        *(Strategy.TOT_DFS.value, Strategy.MCTS.value, Strategy.DEBATE.value),
        *(Strategy.REFLEXION.value,),
    }
)
"""Their candidates come of one another: none could have been had alone, for its part of the cost."""
COLUMNS = (
    *("id", "name", "project__slug", "model_names", "effort", "tier", "strategy", "tags", "task"),
    *("cost", "input_tokens", "output_tokens", "candidates", "started_ns"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRun:
    """A run and what became of it. `task` names its question, the run itself where it states none.

    `outcome` is what `traces.queries.known_runs` concludes, None where nothing is known. `samples` are its candidates,
    where each was drawn without regard to the others; a run of which that is not so is one sample.
    """

    id: uuid.UUID
    name: str | None
    project: str
    models: tuple[str, ...]
    effort: str | None
    tier: str | None
    strategy: str
    tags: tuple[str, ...]
    task: str
    states_task: bool
    cost: Decimal | None
    tokens: int | None
    candidates: int
    outcome: bool | None
    scores: Sequence[AnswerScore] = field(default_factory=list)
    samples: Sequence[Sampled] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRuns:
    """Runs, newest first; `is_whole` unless a project holds more than are looked through.

    `without_samples` counts runs whose candidates were too many to be read. `judges` scored candidates, who scored the
    most first.
    """

    runs: list[JudgedRun]
    is_whole: bool
    without_samples: int
    judges: list[str]
    judge: str | None


def read_judged_runs(*, who: Who, filters: RunFilters, judge: str | None) -> JudgedRuns:
    """Return the newest runs that match, at most `COUNTED` of each project; `judge` is whose scores are read.

    Without a judge, or one who scored none of them, the verifier that scored the most candidates.
    """
    portions = portions_of(
        who=who, filters=filters, order=RunOrder.NEWEST, start=None, most=COUNTED
    )
    rows = [
        row
        for each in portions
        for row in narrow(each.runs, filters).order_by("-id").values_list(*COLUMNS)
    ]
    rows.sort(key=lambda row: row[0], reverse=True)
    ids, left_out = _with_samples([(row[0], row[-2]) for row in rows])
    judges = list_judges(ids)
    judge = judge if judge in judges else next(iter(judges), None)
    samples = read_samples(ids, judge=judge)
    every = [row[0] for row in rows]
    known, scores = read_known(every), read_answer_scores(every)
    return JudgedRuns(
        runs=[
            _judged(row, known.get(row[0]), samples.get(row[0], []), scores.get(row[0], []))
            for row in rows
        ],
        is_whole=all(each.end is None for each in portions),
        without_samples=left_out,
        judges=judges,
        judge=judge,
    )


def _with_samples(counts: Sequence[tuple[uuid.UUID, int]]) -> tuple[list[uuid.UUID], int]:
    """Return the runs whose candidates are read, the newest, and how many have some that are not."""
    room, found, left_out = MOST_SAMPLES, [], 0
    for run_id, count in counts:
        room -= count
        if count and room >= 0:
            found.append(run_id)
        elif count:
            left_out += 1
    return found, left_out


def _judged(
    row: tuple[Any, ...],
    outcome: bool | None,
    samples: Sequence[Sampled],
    scores: Sequence[AnswerScore],
) -> JudgedRun:
    run_id, name, project, models, effort, tier, strategy, tags, task, *rest = row
    cost, tokens_in, tokens_out, candidates, _ = rest
    tokens = [each for each in (tokens_in, tokens_out) if each is not None]
    return JudgedRun(
        id=run_id,
        name=name,
        project=project,
        models=tuple(models),
        effort=effort,
        tier=tier,
        strategy=strategy,
        tags=tuple(tags),
        task=_question(project, task) if task else str(run_id),
        states_task=bool(task),
        cost=cost,
        tokens=sum(tokens) if tokens else None,
        candidates=candidates,
        outcome=outcome,
        scores=scores,
        samples=[] if strategy in SEARCHES else samples,
    )


def _question(project: str, task: str) -> str:
    return blake2b(f"{project}\n{task}".encode(), digest_size=16).hexdigest()
