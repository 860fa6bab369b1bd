"""The sections of the project's analytics by name, and the runs that a figure of one counts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from traces.models import Run
from traces.queries.access import as_uuid
from traces.queries.over_runs import (
    budgets,
    calibration,
    discarded,
    effort,
    legibility,
    outcomes,
    tail,
    tiers,
)
from traces.queries.over_runs.scope import Question, Scope, ask
from traces.queries.over_runs.told import Cell, Section
from traces.queries.run_list import RunPage
from traces.queries.runs import rows_of

AMONG = "among"


class NotACell(ValueError):
    """A section has no figure that counts runs by this; the argument is what it was asked by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a section is read, by which columns of its rows its runs are told apart, and what it has left out.

    `aside` are the names under which its statement has the runs that are left out; `clauses` conditions that are not
    just an equal value.
    """

    read: Callable[[Scope], Section]
    placed: Callable[[Scope], Question]
    columns: tuple[str, ...]
    aside: tuple[str, ...] = ()
    clauses: Mapping[str, str] = field(default_factory=dict)
    members: Callable[[Scope, Cell], list[uuid.UUID]] | None = None


SECTIONS = {
    outcomes.KEY: Asked(read=outcomes.read, placed=outcomes.placed, columns=("basis", "is_right")),
    discarded.KEY: Asked(
        read=discarded.read,
        placed=discarded.placed,
        columns=("reason", "fate"),
        members=discarded.members,
    ),
    effort.KEY: Asked(
        read=effort.read,
        placed=effort.placed,
        columns=("difficulty", "third", "third_bin", "is_right", "is_mixed"),
        aside=("unknown", "unmeasured"),
    ),
    calibration.KEY: Asked(
        read=calibration.read,
        placed=calibration.placed,
        columns=("source", "bin", "is_right"),
        aside=("unknown", "no_probability"),
    ),
    tail.KEY: Asked(
        read=tail.read,
        placed=tail.placed,
        columns=("is_top", "ran_away", "strategy", "from_p50", "from_p95", "from_p99", "is_most"),
        aside=("unmeasured",),
    ),
    tiers.KEY: Asked(
        read=tiers.read,
        placed=tiers.placed,
        columns=("tier", "is_right", "is_judged", "beside"),
        aside=("every", "ungrouped"),
        clauses={"beside": tiers.BESIDE},
    ),
    legibility.KEY: Asked(
        read=legibility.read,
        placed=legibility.placed,
        columns=("model", "seen"),
        aside=("unbilled",),
    ),
    budgets.KEY: Asked(
        read=budgets.read,
        placed=budgets.placed,
        columns=("dimension", "which", "action", "state", "is_hit"),
        aside=("unlimited",),
    ),
}


def list_members(
    *, scope: Scope, section: str, cell: Cell, cursor: str | None = None, limit: int = 50
) -> RunPage:
    """Return the runs that a figure of a section counts, the newest first.

    Raises NotACell, TooMuch, and NotVisible for a cursor that is none.
    """
    asked = SECTIONS[section]
    for name, value in cell.items():
        if name not in asked.columns and not (name == AMONG and value in asked.aside):
            raise NotACell(name)
    after = None if cursor is None else as_uuid(cursor)
    if asked.members is not None:
        found = [each for each in asked.members(scope, cell) if after is None or each < after]
    else:
        found = _members(scope, asked, cell, after, limit)
    runs = {
        run.pk: run for run in Run.objects.filter(id__in=found[:limit]).select_related("project")
    }
    items = rows_of([runs[each] for each in found[:limit] if each in runs])
    return RunPage(items=items, next=str(found[limit - 1]) if len(found) > limit else None)


def _members(
    scope: Scope, asked: Asked, cell: Cell, after: uuid.UUID | None, limit: int
) -> list[uuid.UUID]:
    # Names are those of `columns`; a value that no row can hold, is in none.
    if any("\x00" in value for value in cell.values()):
        return []
    columns = {name: value for name, value in cell.items() if name != AMONG}
    among = cell.get(AMONG, "placed")
    if among != "placed":
        columns = {}
    conditions = [asked.clauses.get(name, f"{name}::text = %s") for name in columns]
    values: list[object] = list(columns.values())
    if after is not None:
        conditions.append("id < %s")
        values.append(after)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    select = f"SELECT DISTINCT id FROM {among} {where} ORDER BY id DESC LIMIT %s"  # noqa: S608
    return [row["id"] for row in ask(asked.placed(scope), select, *values, limit + 1)]
