"""The nodes that a number on a verifier's page counts, so that each number leads to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from traces.queries.access import NotVisible, Who, is_storable
from traces.queries.judgements import NO_VERSION, Judging, judged_rows, values_of
from traces.queries.many_rows import cursor_over_many
from traces.queries.run_filters import RunFilters
from traces.queries.verdicts import as_seq
from traces.queries.verifier import see_counted, see_verifier
from traces.queries.verifier_cells import AGAINST, CELLS, OF_STANDING, RIGHT, NodeCell

ON_A_PAGE = 50


# A page is looked up by key, row by row, which OFFSET holds to: joined as sets, whole tables would be read for it.
LISTED = """,
picked AS (
  SELECT judged.*, other_outcome FROM judged
  LEFT JOIN (
    SELECT run_id AS in_run, node_id AS on_node, outcome AS other_outcome FROM others
    WHERE verifier = %(against)s AND version IS NOT DISTINCT FROM %(against_version)s
  ) against ON in_run = run_id AND on_node = node_id
  WHERE {cell} {of_standing} {right} {of_basis} {before}
  ORDER BY run_id DESC, seq DESC LIMIT %(limit)s
)
SELECT picked.run_id, picked.node_id, picked.seq, picked.outcome, picked.version, picked.score, picked.accepted,
  picked.is_right, picked.basis, picked.other_outcome, node.ordinal, node.name, node.kind, run.name AS run_name,
  run.task AS run_task
FROM picked
CROSS JOIN LATERAL (SELECT name, task FROM traces_run WHERE id = picked.run_id OFFSET 0) AS run
LEFT JOIN LATERAL (
  SELECT ordinal, name, kind FROM traces_node WHERE run_id = picked.run_id AND node_id = picked.node_id OFFSET 0
) AS node ON true
ORDER BY picked.run_id DESC, picked.seq DESC"""


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
        "kind": which.standing.verifier_kind if which.standing else None,
        "independence": which.standing.independence if which.standing else None,
        "saw": which.standing.saw_reference if which.standing else None,
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
        of_standing=OF_STANDING if which.standing else "",
        right=RIGHT[which.right],
        of_basis="AND basis = %(basis)s" if which.basis else "",
        before="AND (run_id, seq) < (%(run)s, %(seq)s)" if is_further else "",
    )
    with cursor_over_many() as found:
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
