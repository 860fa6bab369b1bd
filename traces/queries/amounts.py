"""Tokens, counts and what was thrown away, as pages and the API show them. Unknown is None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import Usage

TOKEN_CLASSES = ("input", "cache_read", "cache_write", "output", "reasoning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens(Usage):
    """Tokens by class; `total` is input and output together, None when neither is known."""

    @property
    def total(self) -> int | None:
        """Input plus output: the other classes are parts of these."""
        known = [count for count in (self.input, self.output) if count is not None]
        return sum(known) if known else None


def add_known(amounts: Sequence[Any]) -> Any:
    """Return the sum of the known amounts, None when none of them is known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def tokens_of(row: Any) -> Tokens:
    """Return the tokens of a run's or a node's row."""
    return Tokens(**{name: getattr(row, f"{name}_tokens") for name in TOKEN_CLASSES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of what a run has. `events` are ledger entries."""

    nodes: int
    model_calls: int
    tool_calls: int
    candidates: int
    verdicts: int
    discarded: int
    selected: int
    kept: int
    failed: int
    errors: int
    orphans: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """The branches under discarded nodes, whole, each node once. `node_ratio` is their share of all nodes."""

    nodes: int
    node_ratio: float | None
    tokens: int | None
    cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtree:
    """A node with all that hangs under it. Sums count what is billed once; see analytics.billing."""

    nodes: int
    tokens: int | None
    cost: Decimal | None
    usage: Tokens
