"""Runs in lists, and one run whole."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from traces.queries.access import Who
from traces.queries.amounts import Counts, Discarded, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilters:
    """What a list of runs is narrowed by; None does not narrow. `state` and `status` are one thing.

    `q` is looked for in name, task, answer and tags; `since` and `until` compare the start of a run, or, where its
    source stated none, the moment its id was made.
    """

    q: str | None = None
    state: str | None = None
    status: str | None = None
    strategy: str | None = None
    trace_id: str | None = None
    tag: str | None = None
    model: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run in a list. Times in ns since 1970, cost in US dollars."""

    id: uuid.UUID
    project: str
    name: str | None
    task: str | None
    trace_id: str | None
    session_id: str | None
    source: str
    strategy: str
    desired_state: str
    observed_state: str
    started_ns: int | None
    ended_ns: int | None
    models: list[str]
    tags: list[str]
    effort: str | None
    tier: str | None
    high_compute: bool | None
    replay_of: str | None
    answer_preview: str | None
    usage: Tokens
    cost: Decimal | None
    cost_provenance: str | None
    price_table: str | None
    counts: Counts
    last_seq: int

    @property
    def tokens(self) -> Tokens:
        """The same as `usage`."""
        return self.usage

    @property
    def duration_ns(self) -> int | None:
        """From start to end, where both are known."""
        if self.started_ns is None or self.ended_ns is None:
            return None
        return max(0, self.ended_ns - self.started_ns)

    @property
    def discarded_share(self) -> float | None:
        """Discarded nodes by all nodes; what hangs under them is not counted here."""
        return self.counts.discarded / self.counts.nodes if self.counts.nodes else None

    @property
    def orphans(self) -> int:
        """Nodes whose parent was named and never reported."""
        return self.counts.orphans


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Some runs, newest first, and the cursor of the next page, if any."""

    items: list[RunRow]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail(RunRow):
    """A run whole. `head` is "<run id> <size> <root in base64>", the statement that checkpoints sign."""

    answer: str | None
    answer_truncated: bool
    stop_reason: str | None
    error: str | None
    stated_confidence: float | None
    budgets: dict[str, str]
    selected_node: str | None
    runner_up_node: str | None
    rule: str | None
    margin: float | None
    margin_unit: str | None
    unpriced_calls: int
    missing_events: int
    discarded: Discarded
    head: str


def list_runs(
    *, who: Who, filters: RunFilters, cursor: str | None = None, limit: int = 50
) -> RunPage:
    """Return the runs that `who` may see, newest first, after the run that `cursor` names."""
    raise NotImplementedError


def get_run(*, who: Who, run_id: str | uuid.UUID) -> RunDetail:
    """Return a run. Raises NotVisible."""
    raise NotImplementedError
