"""The nodes that a number on a verifier's page counts, so that each number leads to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from traces.queries.access import NotVisible, Who, is_storable
from traces.queries.judgements import (
    ACCEPT,
    BROKEN,
    NO_VERSION,
    REJECT,
    Judging,
    Truth,
    judged_rows,
    values_of,
)
from traces.queries.run_filters import RunFilters
from traces.queries.verdicts import as_seq
from traces.queries.verifier import see_counted, see_verifier

ON_A_PAGE = 50


class Cell(StrEnum):
    """Which of a verifier's judgements are listed."""

    ALL = "all"
    """Each node that it judged."""
    ACCEPT = "accept"
    """It said that the node passes."""
    REJECT = "reject"
    """It said that the node does not pass."""
    UNSURE = "unsure"
    """It abstained."""
    BROKEN = "broken"
    """It broke, or ran out of time."""
    UNDECIDED = "undecided"
    """It abstained or broke, or without a score a threshold decides nothing."""
    KNOWN = "known"
    """It decided, and the truth is known."""
    UNKNOWN = "unknown"
    """It decided, and nothing says what is true."""
    TRUE_ACCEPT = "true_accept"
    """It accepted what is right."""
    FALSE_ACCEPT = "false_accept"
    """It accepted what is wrong."""
    FALSE_REJECT = "false_reject"
    """It rejected what is right."""
    TRUE_REJECT = "true_reject"
    """It rejected what is wrong."""
    SCORED = "scored"
    """It gave a score, and the truth is known."""
    SAW_REFERENCE = "saw_reference"
    """It had seen the reference answer."""
    SAME_MODEL = "same_model"
    """The model that wrote the answer judged it."""
    PRICED = "priced"
    """The verdict states what it cost."""
    BOTH = "both"
    """The verifier named by `against` decided it too."""
    DIFFER = "differ"
    """It and the verifier named by `against` say the opposite."""


DECIDED = "accepted IS NOT NULL"
KNOWN = f"{DECIDED} AND is_right IS NOT NULL"
CELLS = {
    Cell.ALL: "true",
    Cell.ACCEPT: f"outcome = '{ACCEPT}'",
    Cell.REJECT: f"outcome = '{REJECT}'",
    Cell.UNSURE: f"outcome NOT IN ('{ACCEPT}', '{REJECT}') AND outcome NOT IN {BROKEN}",
    Cell.BROKEN: f"outcome IN {BROKEN}",
    Cell.UNDECIDED: "accepted IS NULL",
    Cell.KNOWN: KNOWN,
    Cell.UNKNOWN: f"{DECIDED} AND is_right IS NULL",
    Cell.TRUE_ACCEPT: "accepted AND is_right",
    Cell.FALSE_ACCEPT: "accepted AND NOT is_right",
    Cell.FALSE_REJECT: "NOT accepted AND is_right",
    Cell.TRUE_REJECT: "NOT accepted AND NOT is_right",
    Cell.SCORED: "standing IS NOT NULL AND is_right IS NOT NULL",
    Cell.SAW_REFERENCE: "saw_reference",
    Cell.SAME_MODEL: "independence = 'same_model'",
    Cell.PRICED: "cost IS NOT NULL",
    Cell.BOTH: f"{DECIDED} AND other_outcome IN ('{ACCEPT}', '{REJECT}')",
    Cell.DIFFER: f"{DECIDED} AND other_outcome = CASE WHEN accepted THEN '{REJECT}' ELSE '{ACCEPT}' END",
}
AGAINST = (Cell.BOTH, Cell.DIFFER)

LISTED = """,
picked AS (
  SELECT judged.*, other_outcome FROM judged
  LEFT JOIN (
    SELECT run_id AS in_run, node_id AS on_node, outcome AS other_outcome FROM others
    WHERE verifier = %(against)s AND version IS NOT DISTINCT FROM %(against_version)s
  ) against ON in_run = run_id AND on_node = node_id
  WHERE {cell} {of_basis} {before}
  ORDER BY run_id DESC, seq DESC LIMIT %(limit)s
)
SELECT picked.run_id, picked.node_id, picked.seq, picked.outcome, picked.version, picked.score, picked.accepted,
  picked.is_right, picked.basis, picked.other_outcome, node.ordinal, node.name, node.kind, run.name AS run_name,
  run.task AS run_task
FROM picked
JOIN traces_run run ON run.id = picked.run_id
LEFT JOIN traces_node node ON node.run_id = picked.run_id AND node.node_id = picked.node_id
ORDER BY picked.run_id DESC, picked.seq DESC"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCell:
    """Which judgements: a cell, for two of them against whom (NO_VERSION for no version), and of one way of knowing."""

    cell: Cell = Cell.ALL
    against: str | None = None
    against_version: str | None = None
    basis: Truth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedNode:
    """A judged node: what the verifier said, what it came to, what is true and how that is known."""

    run_id: uuid.UUID
    run_name: str | None
    run_task: str | None
    node_id: str
    seq: int
    ordinal: int | None
    name: str | None
    kind: str | None
    outcome: str
    version: str | None
    score: float | None
    accepted: bool | None
    is_right: bool | None
    basis: str | None
    other_outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedNodes:
    """Some judged nodes, the newest runs first, and the cursor of the next page."""

    items: list[JudgedNode]
    next: str | None


def list_judged_nodes(
    *,
    who: Who,
    asked: Judging,
    which: NodeCell,
    filters: RunFilters,
    cursor: str | None = None,
    after: str | None = None,
    limit: int = ON_A_PAGE,
) -> JudgedNodes:
    """Return judged nodes after the place `after`. Raises NotVisible as `get_verifier` does, and for no such place."""
    counted = see_counted(who, asked, filters, cursor)
    if which.against is not None and not is_storable(which.against + (which.against_version or "")):
        raise NotVisible
    place = _place(after)
    version = None if which.against_version == NO_VERSION else which.against_version
    values = values_of(asked, counted.run_ids) | {
        "against": which.against if which.cell in AGAINST else None,
        "against_version": version,
        "basis": which.basis.value if which.basis else None,
        "run": place[0] if place else None,
        "seq": place[1] if place else None,
        "limit": limit + 1,
    }
    rows = _read(asked, which, values, is_further=place is not None)
    if not rows and place is None:
        see_verifier(who, asked)
    return JudgedNodes(items=rows[:limit], next=_next(rows, limit))


def _read(
    asked: Judging, which: NodeCell, values: dict[str, Any], *, is_further: bool
) -> list[JudgedNode]:
    listed = LISTED.format(
        cell=CELLS[which.cell],
        of_basis="AND basis = %(basis)s" if which.basis else "",
        before="AND (run_id, seq) < (%(run)s, %(seq)s)" if is_further else "",
    )
    with connection.cursor() as found:
        found.execute(judged_rows(asked) + listed, values)
        names = [column.name for column in found.description or ()]
        return [JudgedNode(**dict(zip(names, row, strict=True))) for row in found.fetchall()]


def _place(after: str | None) -> tuple[uuid.UUID, int] | None:
    if after is None:
        return None
    run, _, seq = after.partition(":")
    try:
        return uuid.UUID(run), as_seq(seq)
    except ValueError:
        raise NotVisible from None


def _next(rows: list[JudgedNode], limit: int) -> str | None:
    return f"{rows[limit - 1].run_id}:{rows[limit - 1].seq}" if len(rows) > limit else None
