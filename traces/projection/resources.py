"""Outside things that tools and requests name, from what events say of their nodes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import connection

from deliberation.events.node_facts import NodeFacts
from deliberation.vocabulary import NodeKind
from traces.analytics.resources import (
    Resource,
    resources_in_arguments,
    resources_in_attributes,
)
from traces.projection.reach import Reach
from traces.projection.states import NodeState
from traces.projection.texts import cut

MAX_NAME_CHARS = 500


def note_resources(reach: Reach, run_id: uuid.UUID, event: NodeFacts, seq: int) -> None:
    """Keep what an event names. What is kept does not depend on which of several events says it first, but `seq`."""
    for found in _named_by(event, reach.nodes[run_id, event.node]):
        name = cut(found.name, MAX_NAME_CHARS)
        key = (run_id, event.node, found.kind.value, name)
        reach.resources.setdefault(key, (found.host and cut(found.host, MAX_NAME_CHARS), seq))


def save_resources(reach: Reach) -> None:
    """Write what this pass found; what is known already stays as it is."""
    if not reach.resources:
        return
    rows = [(*key, *rest) for key, rest in sorted(reach.resources.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_resource (run_id, node_id, kind, name, host, seq) "
            "SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int8[]) "
            "ON CONFLICT DO NOTHING",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _named_by(event: NodeFacts, node: NodeState) -> Iterator[Resource]:
    kind = event.node_kind.value if event.node_kind is not None else node.kind
    if kind == NodeKind.MODEL_CALL.value:
        return  # the provider's own host is no source that was consulted
    if kind == NodeKind.TOOL_CALL.value and event.input:
        yield from resources_in_arguments(event.input)
    if event.attributes:
        yield from resources_in_attributes(event.attributes)
