"""The calls of a run whose money was computed here, or could be: what repricing looks at."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from deliberation.vocabulary import CostBasis, CostProvenance, NodeKind, Usage
from traces.models import Node
from traces.pricing.price_list import is_computed

CHUNK = 2_000
CALLS = (NodeKind.MODEL_CALL.value, NodeKind.RETRIEVAL.value)
COLUMNS = (
    "node_id", "changed_seq", "model", "provider", "input_tokens", "cache_read_tokens",
    "cache_write_tokens", "output_tokens", "reasoning_tokens", "began_ns", "cost",
    "cost_provenance", "price_table", "aside",
)  # fmt: skip

# A call without a cost may get one. A cost is ours when it was computed here, of tokens that are the call's own: what
# the source stated, or what an importer divided between nodes, stays.
UNKNOWN = Q(cost=None, kind__in=CALLS)
OURS = Q(
    Q(cost_basis=None) | Q(cost_basis=CostBasis.MEASURED.value),
    cost__isnull=False,
    cost_provenance__in=[CostProvenance.PRICED.value, CostProvenance.ESTIMATED.value],
    price_table__isnull=False,
)
STATES_TOKENS = Q(input_tokens__isnull=False) | Q(output_tokens__isnull=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedCall:
    """A call as its row stands.

    `began_ns` is when it began or, where that is not known, ended; `counts` says whether it adds to its run's sum.
    """

    node_id: str
    changed_seq: int
    model: str
    provider: str | None
    usage: Usage
    began_ns: int | None
    cost: Decimal | None
    provenance: str | None
    counts: bool


def read_computed_costs(
    run_id: uuid.UUID, *, since_ns: int | None = None
) -> Iterator[list[PricedCall]]:
    """Yield the calls of a run, at most CHUNK at a time; with `since_ns` only those that began then or later."""
    found = (
        Node.objects.filter(STATES_TOKENS, UNKNOWN | OURS, run_id=run_id, model__isnull=False)
        .annotate(began_ns=Coalesce(F("started_ns"), F("ended_ns")))
        .order_by("node_id")
    )
    if since_ns is not None:
        found = found.filter(began_ns__gte=since_ns)
    after = ""
    while rows := list(found.filter(node_id__gt=after).values(*COLUMNS)[:CHUNK]):
        calls = [
            _call(row) for row in rows if row["cost"] is None or is_computed(row["price_table"])
        ]
        if calls:
            yield calls
        after = rows[-1]["node_id"]


def _call(row: dict[str, Any]) -> PricedCall:
    tokens = ("input", "cache_read", "cache_write", "output", "reasoning")
    same = ("node_id", "changed_seq", "model", "provider", "began_ns", "cost")
    return PricedCall(
        **{name: row[name] for name in same},
        usage=Usage(**{name: row[f"{name}_tokens"] for name in tokens}),
        provenance=row["cost_provenance"],
        counts=row["aside"] is None,
    )
