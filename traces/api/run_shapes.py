"""The shape of a run in the API."""

from __future__ import annotations

from decimal import Decimal

from ninja import Field, Schema

from deliberation.vocabulary import Strategy
from traces.api.forms import decimal_text, rfc3339, seconds
from traces.queries import runs
from traces.queries.amounts import TOKEN_CLASSES, Counts, Discarded, Tokens

SAME_NAMES = (
    "project", "name", "trace_id", "session_id", "source", "strategy", "strategy_source",
    "strategy_evidence", "desired_state", "observed_state", "end_inferred", "task", "answer",
    "stated_confidence", "stop_reason", "effort", "tier", "high_compute", "models", "replay_of",
    "tags", "last_seq", "head",
)  # fmt: skip


class Usage(Schema):
    """Tokens by class; cache is part of input, reasoning part of output. Null is not recorded."""

    input: int | None
    cache_read: int | None
    cache_write: int | None
    output: int | None
    reasoning: int | None

    @classmethod
    def of(cls, tokens: Tokens) -> Usage:
        """Return the shape of these tokens."""
        return cls(**{name: getattr(tokens, name) for name in TOKEN_CLASSES})


class Cost(Schema):
    """Money; `amount` is a decimal string, null exactly when provenance is absent."""

    amount: str | None = Field(examples=["0.70512"])
    currency: str
    provenance: str = Field(description="reported, priced, estimated or absent")
    price_table: str | None

    @classmethod
    def of(cls, amount: Decimal | None, provenance: str | None, price_table: str | None) -> Cost:
        """Return the shape of an amount with its provenance."""
        stated = (provenance or "estimated") if amount is not None else "absent"
        return cls(
            amount=decimal_text(amount), currency="USD", provenance=stated, price_table=price_table
        )


class RunCounts(Schema):
    """How many of what a run has; `events` are ledger entries."""

    nodes: int
    model_calls: int
    tool_calls: int
    candidates: int
    verdicts: int
    discarded: int = Field(
        description="Nodes that were discarded themselves; `discarded.nodes` of a run counts what hangs below them too"
    )
    selected: int
    kept: int
    failed: int
    errors: int
    orphans: int
    events: int

    @classmethod
    def of(cls, counts: Counts) -> RunCounts:
        """Return the shape of these counts."""
        return cls(**{name: getattr(counts, name) for name in Counts.__slots__})


class DiscardedShare(Schema):
    """The branches under discarded nodes, whole, each node once. All null in lists: it takes the tree."""

    nodes: int | None = None
    node_ratio: float | None = None
    tokens: int | None = None
    cost: str | None = None

    @classmethod
    def of(cls, discarded: Discarded) -> DiscardedShare:
        """Return the shape of what was discarded."""
        return cls(
            nodes=discarded.nodes,
            node_ratio=discarded.node_ratio,
            tokens=discarded.tokens,
            cost=decimal_text(discarded.cost),
        )


class Run(Schema):
    """One deliberation. Times are RFC 3339 with nanoseconds; unknown is null, never zero."""

    id: str
    project: str
    name: str | None
    trace_id: str | None
    session_id: str | None
    source: str
    strategy: str
    strategy_source: str = Field(description="stated, inferred or set_by_person")
    strategy_evidence: str = Field(
        description="On what it rests, in words", examples=["8 samples of one call, no scores"]
    )
    desired_state: str
    observed_state: str
    started_at: str | None = Field(examples=["2026-11-23T12:00:00.000000001Z"])
    ended_at: str | None
    end_inferred: bool = Field(
        description="No end was reported, nothing more is heard of it; `ended_at` is the latest time it names"
    )
    duration_seconds: float | None
    task: str | None
    answer: str | None = Field(description="In lists at most 2,000 characters")
    stated_confidence: float | None
    stop_reason: str | None
    effort: str | None
    tier: str | None
    high_compute: bool | None
    models: list[str]
    replay_of: str | None
    tags: list[str]
    usage: Usage
    cost: Cost
    counts: RunCounts
    discarded: DiscardedShare
    last_seq: int
    head: str = Field(description="<run id> <size> <root of the ledger in base64>")

    @classmethod
    def of(cls, run: runs.RunRow) -> Run:
        """Return the shape of a run."""
        discarded = (
            DiscardedShare.of(run.discarded)
            if isinstance(run, runs.RunDetail)
            else DiscardedShare()
        )
        return cls(
            **{name: getattr(run, name) for name in SAME_NAMES},
            id=str(run.id),
            started_at=rfc3339(run.started_ns),
            ended_at=rfc3339(run.ended_ns),
            duration_seconds=seconds(run.duration_ns),
            usage=Usage.of(run.usage),
            cost=Cost.of(run.cost, run.cost_provenance, run.price_table),
            counts=RunCounts.of(run.counts),
            discarded=discarded,
        )


class StrategyToSet(Schema):
    """What a person says of a run's strategy. Null takes back what was said before."""

    strategy: Strategy | None
    reason: str = Field(description="Why, in 1 to 2,000 characters")


class Runs(Schema):
    """Some runs, newest first; `next` is the cursor of the following page."""

    items: list[Run]
    next: str | None
