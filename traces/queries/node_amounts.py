"""The nodes of a run by portions, with what each cost: for the derived files of a bundle."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from traces.models import Node

PORTION = 2_000
COLUMNS = (
    "ordinal", "node_id", "parent_id", "kind", "status", "started_ns", "ended_ns", "fate", "fate_reason", "fate_by",
    "model", "provider", "tool", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens",
    "reasoning_tokens", "cost", "cost_provenance", "cost_basis", "price_table", "aside",
)  # fmt: skip
"""Facts alone: none of these is a text that a bundle may withhold."""


def read_nodes(run_id: uuid.UUID) -> Iterator[Node]:
    """Yield the nodes of a run that the caller may see, in the order of their ids. Memory: PORTION of them."""
    after: str | None = None
    while True:
        nodes = Node.objects.filter(run_id=run_id)
        if after is not None:
            nodes = nodes.filter(node_id__gt=after)
        found = list(nodes.order_by("node_id").only("pk", *COLUMNS)[:PORTION])
        yield from found
        if len(found) < PORTION:
            return
        after = found[-1].node_id
