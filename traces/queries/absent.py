"""The parents that are named and were never received: one line in the tree, with what waits for them under it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from traces.analytics.tree import ORPHAN, ROOT
from traces.models import Node, Run
from traces.queries.access import Who, see_run

ORDINAL = 0
"""Of the line. It is free: the entry with this number opens the run and names no node."""
KIND = "not_received"
PARENTS_AT_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentParent:
    """A node that others name as their parent, and how many of them do."""

    node_id: str
    children: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """What a run lacks. `is_root` says that no root was received at all; `parents` are those most named."""

    is_root: bool
    orphans: int
    parents: list[AbsentParent]


def gather_orphans(columns: dict[str, list[Any]], names: dict[str, list[str]]) -> None:
    """Put one row first that is no node, and hang under it what waits for its parent."""
    waiting = [row for row, parent in enumerate(columns["parent"]) if parent == ORPHAN]
    for row in waiting:
        columns["parent"][row] = ORDINAL
    starts = (columns["start"][row] for row in waiting)
    first = {
        "ordinal": ORDINAL,
        "parent": ROOT,
        "start": min((start for start in starts if start is not None), default=None),
        "kind": len(names["kind"]),
        "fate": -1,
        "reason": -1,
        "verdict": -1,
        "verifier": -1,
        "cost": None,
        "tokens": None,
        "flags": 0,
    }
    names["kind"].append(KIND)
    for name, value in first.items():
        columns[name].insert(0, value)


def lacks_root(run: Run) -> bool:
    """Whether no root of a trace was received: nothing has told what the run is."""
    return run.orphans > 0 and run.trace_id is not None and run.name is None


def get_absent(*, who: Who, run_id: str | uuid.UUID) -> Absent:
    """Return what a run lacks. Raises NotVisible."""
    run = see_run(who, run_id)
    waiting = Node.objects.filter(run_id=run.pk, parent_id__isnull=False, parent_ordinal=None)
    named = waiting.values("parent_id").annotate(children=Count("node_id"))
    return Absent(
        is_root=lacks_root(run),
        orphans=run.orphans,
        parents=[
            AbsentParent(node_id=str(each["parent_id"]), children=each["children"])
            for each in named.order_by("-children", "parent_id")[:PARENTS_AT_MOST]
        ],
    )
