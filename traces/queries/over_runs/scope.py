"""Which runs are asked about, and how a question is put to Postgres.

What bounds a question: at most the newest `MOST_RUNS` runs that match, so that a project of millions answers in
seconds too, and `SECONDS` of the database's time. Both are said where they cut something off.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F, Func, TextField

from traces.models import Project, Run
from traces.queries.access import Who, as_viewer
from traces.queries.run_filters import RunFilters, narrow

MOST_RUNS = 100_000
"""About four seconds of a core for the dearest question, confidence by votes; one for most."""
SECONDS = 20
DEFAULT_TIMES = 3
SETTINGS = (
    f"SET LOCAL statement_timeout = '{SECONDS}s'; SET LOCAL work_mem = '32MB'; SET LOCAL jit = off"
)
"""Sorting many narrow rows on disk takes twice as long, and to compile a statement longer than to run it."""
CANCELLED = "57014"
"""Postgres: a statement was ended because it took too long."""


class TooMuch(Exception):
    """A question took longer than `SECONDS`."""


class Measure(StrEnum):
    """By what effort and spending are measured."""

    COST = "cost"
    """US dollars."""
    OUTPUT = "output"
    """Tokens that models wrote, reasoning among them."""
    REASONING = "reasoning"
    """Tokens of reasoning that were billed."""
    DURATION = "duration"
    """Nanoseconds from start to end, waiting for people included."""
    CALLS = "calls"
    """Calls of models."""


class Grouping(StrEnum):
    """By what runs are told apart as tiers."""

    TIER = "tier"
    """What the program calls the tier."""
    EFFORT = "effort"
    """The effort that was asked of models."""
    MODEL = "model"
    """Each model that was used: a run of two is in two groups."""
    STRATEGY = "strategy"
    """How it deliberates."""


AMOUNTS = {
    Measure.COST: "cost",
    Measure.OUTPUT: "output_tokens::numeric",
    Measure.REASONING: "reasoning_tokens::numeric",
    Measure.DURATION: "greatest(ended_ns - started_ns, 0)::numeric",
    Measure.CALLS: "model_calls::numeric",
}
MEASURED = ("cost", "output_tokens", "reasoning_tokens", "started_ns", "ended_ns", "model_calls")
"""The columns of a run that its amounts are computed from."""
GROUPS = {
    Grouping.TIER: "tier",
    Grouping.EFFORT: "effort",
    Grouping.MODEL: "unnest(model_names)",
    Grouping.STRATEGY: "nullif(strategy, 'unknown')",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The runs that `who` may see and the filters let through; by what they are measured and grouped.

    `times` the median of its class is where a run is taken to have run away.
    """

    who: Who
    filters: RunFilters
    measure: Measure = Measure.COST
    grouping: Grouping = Grouping.TIER
    times: int = DEFAULT_TIMES

    @property
    def amount(self) -> str:
        """The amount of a run, as SQL over columns of `found`."""
        return AMOUNTS[self.measure]


@dataclass(frozen=True, slots=True)
class Question:
    """A statement's common table expressions, to be followed by a SELECT, and its values."""

    sql: str
    values: tuple[Any, ...]


def found_runs(scope: Scope, *columns: str) -> Question:
    """Return the beginning of a statement: `found`, the newest runs that match, with these columns of theirs.

    `task` is the digest of it: texts may be long, and are only compared.
    """
    if not scope.filters.is_storable:
        runs = Run.objects.none()
    else:
        projects = Project.objects.filter(id__in=as_viewer(scope.who).project_ids)
        if scope.filters.project:
            projects = projects.filter(slug=scope.filters.project)
        ids = list(projects.values_list("id", flat=True))
        runs = Run.objects.filter(project_id__in=ids, size__gt=0) if ids else Run.objects.none()
    names = ("id", *columns)
    digest = Func(F("task"), function="md5", output_field=TextField())
    chosen = (
        narrow(runs, scope.filters)
        .order_by("-id")
        .values_list(*((digest if name == "task" else name) for name in names))[:MOST_RUNS]
    )
    return _named(chosen, names)


def _named(chosen: Any, names: tuple[str, ...]) -> Question:
    if chosen.query.is_empty():
        # Django has no SQL for nothing: the same columns of no run.
        chosen = Run.objects.filter(id__isnull=True).values_list(
            *(("name" if name == "task" else name) for name in names)
        )
    sql, values = chosen.query.sql_with_params()
    return Question(f"WITH found ({', '.join(names)}) AS MATERIALIZED ({sql})", tuple(values))


def ask(question: Question, select: str, *more: Any) -> list[dict[str, Any]]:
    """Return the rows of a question that ends with `select`, by column. Raises TooMuch."""
    names, rows = ask_rows(question, select, *more)
    return [dict(zip(names, row, strict=True)) for row in rows]


def ask_rows(
    question: Question, select: str, *more: Any
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the columns' names and the rows as they come, for many. Raises TooMuch."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SETTINGS)
            cursor.execute(f"{question.sql} {select}", [*question.values, *more])
            return [column.name for column in cursor.description or ()], cursor.fetchall()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == CANCELLED:
            raise TooMuch from error
        raise


def then(question: Question, sql: str, *values: Any) -> Question:
    """Return the question with another common table expression."""
    return Question(f"{question.sql}, {sql}", (*question.values, *values))
