"""The nodes of a run by portions, with what each cost: for the derived files of a bundle."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from traces.models import Node

PORTION = 2_000


class NodeAmounts(NamedTuple):
    """Facts of a node alone, as its row has them: none of these is a text that a bundle may withhold."""

    ordinal: int
    node_id: str
    parent_id: str | None
    kind: str
    status: str
    started_ns: int | None
    ended_ns: int | None
    fate: str
    fate_reason: str | None
    fate_by: str | None
    model: str | None
    provider: str | None
    tool: str | None
    input_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    output_tokens: int | None
    reasoning_tokens: int | None
    cost: Decimal | None
    cost_provenance: str | None
    cost_basis: str | None
    price_table: str | None
    aside: str | None


COLUMNS = NodeAmounts._fields


def read_nodes(run_id: uuid.UUID) -> Iterator[NodeAmounts]:
    """Yield the nodes of a run that the caller may see, in the order of their ids. Memory: PORTION of them."""
    after: str | None = None
    while True:
        nodes = Node.objects.filter(run_id=run_id)
        if after is not None:
            nodes = nodes.filter(node_id__gt=after)
        # Values, not models: to make those of a hundred thousand nodes takes longer than all else.
        found = nodes.order_by("node_id").values_list(*COLUMNS)[:PORTION]
        portion = list(map(NodeAmounts._make, found))
        yield from portion
        if len(portion) < PORTION:
            return
        after = portion[-1].node_id
