"""What the command palette finds on the server: nodes of the run that is looked at, and runs."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from traces.models import Node, Run
from traces.queries.access import NotVisible, Who, as_viewer, is_storable, see_run
from traces.queries.node_search import FoundNode, find_in_rows
from traces.queries.run_filters import RunFilters
from traces.queries.run_list import list_runs
from traces.queries.runs import RunRow, rows_of

NODES_AT_MOST = 8
RUNS_AT_MOST = 8
NUMBERED = re.compile(r"#?([0-9]{1,15})")
BEGUN = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}")
"""The beginning of a run's id: its first group at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteFound:
    """Nodes and runs that answer to what was typed, at most 8 of each."""

    nodes: list[FoundNode]
    runs: list[RunRow]


def find_for_palette(*, who: Who, text: str, run_id: str | None) -> PaletteFound:
    """Return what `who` may see of it. Nodes by number, id or words, runs by id or words, the newest first.

    Words are those of rows, so that large texts keep nobody waiting; the search of the tree finds them in texts too. A
    run that is not there has no nodes.
    """
    text = text.strip()
    if not text or not is_storable(text):
        return PaletteFound(nodes=[], runs=[])
    return PaletteFound(
        nodes=_nodes(who, run_id, text) if run_id else [],
        runs=_runs_by_id(who, text)
        or list_runs(who=who, filters=RunFilters(q=text), limit=RUNS_AT_MOST).items,
    )


def _nodes(who: Who, run_id: str, text: str) -> list[FoundNode]:
    try:
        run = see_run(who, run_id)
    except NotVisible:
        return []
    named = Node.objects.filter(run_id=run.id, node_id=text)
    numbered = NUMBERED.fullmatch(text)
    if numbered:
        named = named | Node.objects.filter(run_id=run.id, ordinal=int(numbered[1]))
    exact = [
        FoundNode(node.ordinal, node.node_id, node.kind, node.name)
        for node in named.defer("entries")[:NODES_AT_MOST]
    ]
    found = find_in_rows(who=who, run_id=run.id, text=text, limit=NODES_AT_MOST)
    return [*exact, *(node for node in found if node not in exact)][:NODES_AT_MOST]


def _runs_by_id(who: Who, text: str) -> list[RunRow]:
    digits = text.lower()
    if not BEGUN.fullmatch(digits):
        return []
    digits = digits.replace("-", "")
    least, most = (uuid.UUID(digits[:32].ljust(32, fill)) for fill in "0f")
    found = Run.objects.select_related("project").filter(
        id__gte=least, id__lte=most, size__gt=0, project_id__in=as_viewer(who).project_ids
    )
    return rows_of(list(found.order_by("-id")[:RUNS_AT_MOST]))
