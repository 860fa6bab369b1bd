"""The edges at one node, with what is at their other ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q

from traces.models import Edge, Node
from traces.queries.spoken import spoken

EDGES_AT_MOST = 500
NAME_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEdge:
    """An edge at this node; `target` is the node at the other end, whichever way it points.

    `name` is what that node is called, `ordinal` its number; both are None while it is not here.
    """

    kind: str
    target: str
    is_outgoing: bool
    seq: int
    name: str | None
    ordinal: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNode:
    """What a link to a node says: its number, and its name, else how it begins."""

    node_id: str
    ordinal: int
    name: str


def edges_at(run_id: uuid.UUID, node_id: str) -> list[NodeEdge]:
    """Return the first 500 edges at a node. The caller has checked the run."""
    touching = Q(source=node_id) | Q(target=node_id)
    found = list(Edge.objects.filter(touching, run_id=run_id).order_by("seq")[:EDGES_AT_MOST])
    others = [edge.target if edge.source == node_id else edge.source for edge in found]
    named = name_nodes(run_id, others)
    return [
        NodeEdge(
            kind=edge.kind,
            target=other,
            is_outgoing=edge.source == node_id,
            seq=edge.seq,
            name=named[other].name if other in named else None,
            ordinal=named[other].ordinal if other in named else None,
        )
        for edge, other in zip(found, others, strict=True)
    ]


def name_nodes(run_id: uuid.UUID, node_ids: list[str]) -> dict[str, OtherNode]:
    """Return node id → what it is called, of those that are here. The caller has checked the run."""
    found = Node.objects.filter(run_id=run_id, node_id__in=set(node_ids))
    return {
        node_id: OtherNode(
            node_id=node_id,
            ordinal=ordinal,
            name=name or (preview or "")[:NAME_CHARS] or spoken(kind),
        )
        for node_id, ordinal, name, preview, kind in found.values_list(
            "node_id", "ordinal", "name", "preview", "kind"
        )
    }
