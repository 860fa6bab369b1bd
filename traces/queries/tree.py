"""The tree of a run: bones for the browser, rows for its window, nodes in pre-order for the API."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from traces.queries.access import Who
from traces.queries.amounts import Subtree, Tokens
from traces.queries.verdicts import VerdictRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Bones:
    """All nodes of a run as columns, or those made or changed after a seq.

    Columns: `ordinal`, `parent` (an ordinal, -1 root, -2 orphan), `start` (µs since the run's start, or None), `kind`,
    `fate`, `reason`, `verdict` (indexes into `names`, -1 none), `cost` (micro-dollars or None), `tokens` (or None),
    `flags` (1 error, 2 running, 4 candidate, 8 answer). Cost and tokens stand where they are billed.
    """

    run: uuid.UUID
    seq: int
    after: int
    names: dict[str, list[str]]
    columns: dict[str, list[Any]]

    def to_json(self) -> bytes:
        """Return the wire form."""
        return orjson.dumps(
            {
                "run": str(self.run),
                "seq": self.seq,
                "after": self.after,
                "names": self.names,
                "columns": self.columns,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A node's place in the outline: its ordinal, and its level from 1."""

    ordinal: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """A node as a row shows it. `value` is the search's number, `cutoff` what it had to reach.

    `cost_basis` says how usage came to stand here; texts are previews of at most 200 characters. `depth` is the level
    in the tree, from 0; `level` the search's own, where the source counts one. `order` is the place in pre-order.
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
    subtree: Subtree
    verdicts: list[VerdictRow]
    preview: str | None
    error_preview: str | None
    text_visibility: str | None
    is_contradicted: bool

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


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePage:
    """Some nodes in pre-order, and the cursor of the next page, if any."""

    items: list[TreeRow]
    next: str | None


def get_bones(*, who: Who, run_id: str | uuid.UUID, after: int = -1) -> Bones:
    """Return the bones of a run made or changed after the seq `after`. Raises NotVisible."""
    raise NotImplementedError


def preorder(bones: Bones) -> list[Line]:
    """Return the lines of the outline: every node once, parents before children, siblings by start."""
    raise NotImplementedError


def get_rows(*, who: Who, run_id: str | uuid.UUID, ordinals: Sequence[int]) -> list[TreeRow]:
    """Return the rows with these ordinals, in the order asked; unknown ones are left out. Raises NotVisible."""
    raise NotImplementedError


def list_nodes(
    *, who: Who, run_id: str | uuid.UUID, after: str | None = None, limit: int = 100
) -> NodePage:
    """Return nodes in pre-order after the node with id `after`. Raises NotVisible."""
    raise NotImplementedError
