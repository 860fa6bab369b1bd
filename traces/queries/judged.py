"""The verdicts of a run as a page shows them: with the names of the nodes that they are about and were made in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from traces.models import DistantVerdict, Node, Run
from traces.queries.access import Who, see_run
from traces.queries.columns import read_tree
from traces.queries.judges import conclude_judges
from traces.queries.verdicts import VerdictPage, VerdictRow, list_verdicts

ON_A_PAGE = 50
ELSEWHERE_AT_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNode:
    """A node in few words; `ordinal` is its number in its run."""

    node_id: str
    ordinal: int
    name: str | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict, the node that it judges, and the one in which the checking was done.

    `told_in` is the run in which it was told first, where that is another one.
    """

    verdict: VerdictRow
    node: NamedNode | None
    by_node: NamedNode | None
    told_in: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldElsewhere:
    """A verdict that was told in this run about something in another: where, once that is here."""

    verifier: str
    outcome: str
    trace_id: str | None
    response_id: str | None
    run: uuid.UUID | None
    node_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPage:
    """Some verdicts, newest first, the cursor of the next page, and what this run says of others."""

    items: list[Judged]
    next: str | None
    elsewhere: list[ToldElsewhere]


def list_concluded(
    *, who: Who, run_id: str | uuid.UUID, cursor: str | None = None, limit: int = 100
) -> VerdictPage:
    """Return the verdicts of a run, newest first, with what is concluded of their judges. Raises NotVisible."""
    run = see_run(who, run_id)
    page = list_verdicts(who=who, run_id=run_id, cursor=cursor, limit=limit)
    items = conclude_judges(read_tree(run), page.items) if page.items else []
    return VerdictPage(items=items, next=page.next)


def list_judged(
    *, who: Who, run_id: str | uuid.UUID, cursor: str | None = None, limit: int = ON_A_PAGE
) -> JudgedPage:
    """Return the verdicts of a run with what they are about. Raises NotVisible."""
    run = see_run(who, run_id)
    page = list_concluded(who=who, run_id=run_id, cursor=cursor, limit=limit)
    nodes = _nodes(run, {each for row in page.items for each in (row.node_id, row.by_node) if each})
    items = [
        Judged(
            verdict=row,
            node=nodes.get(row.node_id),
            by_node=nodes.get(row.by_node) if row.by_node else None,
            told_in=uuid.UUID(row.told_in.partition(":")[0]) if row.told_in else None,
        )
        for row in page.items
    ]
    return JudgedPage(items=items, next=page.next, elsewhere=[] if cursor else _elsewhere(run))


def _nodes(run: Run, node_ids: set[str]) -> dict[str, NamedNode]:
    found = Node.objects.filter(run_id=run.pk, node_id__in=node_ids)
    names = ("node_id", "ordinal", "name", "kind")
    return {each["node_id"]: NamedNode(**each) for each in found.values(*names)}


def _elsewhere(run: Run) -> list[ToldElsewhere]:
    found = DistantVerdict.objects.filter(run_id=run.pk).order_by("-seq")
    return [
        ToldElsewhere(
            verifier=each.verifier,
            outcome=each.outcome,
            trace_id=each.trace_id,
            response_id=each.response_id,
            run=each.placed_in,
            node_id=each.placed_node,
        )
        for each in found[:ELSEWHERE_AT_MOST]
        if each.placed_in != run.pk
    ]
