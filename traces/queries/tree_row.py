"""A node as a row of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from traces.queries.amounts import Subtree, Tokens
from traces.queries.verdicts import VerdictRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """A node as a row shows it. `value` is the search's number, `cutoff` what it had to reach.

    `cost_basis` says how usage came to stand here, `aside` why it is not added up (traces.analytics.billing), `twin_of`
    which call counts in its place. Texts are previews of at most 200 characters. `depth` is the level in the tree, from
    0; `level` the search's own, where the source counts one. `order` is the place in pre-order.
    """

    ordinal: int
    node_id: str
    parent_id: str | None
    kind: str
    name: str | None
    status: str
    is_orphan: bool
    depth: int
    order: int
    level: int | None
    started_ns: int | None
    ended_ns: int | None
    fate: str
    fate_reason: str | None
    fate_by: str | None
    fate_verdict: str | None
    votes: int | None
    wrongly_discarded: bool | None
    value: float | None
    cutoff: float | None
    value_scale: str | None
    scorer: str | None
    visits: int | None
    prior: float | None
    rank: int | None
    is_candidate: bool
    answer: str | None
    cluster: str | None
    model: str | None
    provider: str | None
    tool: str | None
    usage: Tokens
    cost: Decimal | None
    cost_provenance: str | None
    cost_basis: str | None
    price_table: str | None
    aside: str | None
    twin_of: str | None
    subtree: Subtree
    verdicts: list[VerdictRow]
    preview: str | None
    error_preview: str | None
    text_visibility: str | None
    is_contradicted: bool
    notes: int

    @property
    def twin(self) -> tuple[str, str] | None:
        """The run and node of the call that counts for the same response, if there is one."""
        run_id, colon, node_id = (self.twin_of or "").partition(":")
        return (run_id, node_id) if colon else None

    @property
    def tokens(self) -> int | None:
        """Input and output tokens of the node itself."""
        return self.usage.total

    @property
    def duration_ns(self) -> int | None:
        """From start to end, where both are known."""
        if self.started_ns is None or self.ended_ns is None:
            return None
        return max(0, self.ended_ns - self.started_ns)
