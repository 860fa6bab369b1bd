"""A run as it stands in lists, and one run whole."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deliberation.ledger.head import format_head
from traces.models import Run
from traces.queries.access import Who, see_run
from traces.queries.amounts import Counts, Discarded, Tokens, tokens_of
from traces.queries.columns import read_tree
from traces.queries.ledger import read_entries, showable
from traces.queries.strategy import StrategyTold, evidence_of, read_strategy

PREVIEW_CHARS = 200
ANSWER_CHARS = 2_000
TRACE_ID = re.compile("[0-9a-f]{32}")
UNTRACED = "untraced:"
"""Begins the name by which ingest knows the run of a resource's records that belong to no trace."""
SAME_NAMES = (
    "id", "name", "task", "session_id", "source", "strategy", "strategy_source", "desired_state",
    "observed_state", "started_ns", "ended_ns", "end_inferred", "tags", "effort", "tier",
    "high_compute", "replay_of", "cost", "cost_provenance", "price_table", "answer", "stop_reason",
    "stated_confidence",
)  # fmt: skip
COUNTED = (
    "nodes", "model_calls", "tool_calls", "candidates", "verdicts", "discarded", "selected", "kept",
    "failed", "errors", "orphans",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run in a list. Times in ns since 1970, cost in US dollars; of the answer at most 2,000 characters.

    `is_untraced` says that it gathers what a program logged outside any trace. With `end_inferred` no end was reported,
    `ended_ns` is the latest time that its nodes name, and `stop_reason` says why it is taken to be over.
    `strategy_evidence` says in words on what the strategy rests. `head` is "<run id> <size> <root in base64>", the
    statement that checkpoints sign.
    """

    id: uuid.UUID
    project: str
    name: str | None
    task: str | None
    trace_id: str | None
    is_untraced: bool
    session_id: str | None
    source: str
    strategy: str
    strategy_source: str
    strategy_evidence: str
    desired_state: str
    observed_state: str
    started_ns: int | None
    ended_ns: int | None
    end_inferred: bool
    models: list[str]
    tags: list[str]
    effort: str | None
    tier: str | None
    high_compute: bool | None
    replay_of: str | None
    answer: str | None
    stop_reason: str | None
    stated_confidence: float | None
    usage: Tokens
    cost: Decimal | None
    cost_provenance: str | None
    price_table: str | None
    counts: Counts
    last_seq: int
    head: str

    @property
    def answer_preview(self) -> str | None:
        """The first characters of the answer."""
        return self.answer and self.answer[:PREVIEW_CHARS]

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
class RunDetail(RunRow):
    """A run whole, with its whole answer."""

    strategy_told: StrategyTold
    error: str | None
    selected_node: str | None
    runner_up_node: str | None
    rule: str | None
    margin: float | None
    margin_unit: str | None
    unpriced_calls: int
    missing_events: int
    discarded: Discarded


def get_run(*, who: Who, run_id: str | uuid.UUID) -> RunDetail:
    """Return a run. Raises NotVisible."""
    run = see_run(who, run_id)
    return RunDetail(
        **_row_values(run, evidence_of([run])[run.pk]) | {"answer": whole_answer(run)},
        strategy_told=read_strategy(run),
        error=run.error,
        selected_node=run.selected_node,
        runner_up_node=run.runner_up_node,
        rule=run.rule,
        margin=run.margin,
        margin_unit=run.margin_unit,
        unpriced_calls=run.unpriced_calls,
        missing_events=run.missing_events,
        discarded=read_tree(run).discarded(),
    )


def whole_answer(run: Run) -> str | None:
    """Return the returned answer, from the ledger where the row holds only its beginning."""
    if run.answer is None or run.answer_seq is None or len(run.answer) < ANSWER_CHARS:
        return run.answer
    for entry in read_entries(run.id, [run.answer_seq]):
        whole = getattr(entry.event, "answer", None)
        if whole is not None:
            return showable(whole)
    return run.answer


def rows_of(runs: Sequence[Run]) -> list[RunRow]:
    """Return runs that the caller may see as they stand in lists."""
    evidence = evidence_of(runs)
    return [RunRow(**_row_values(run, evidence[run.pk])) for run in runs]


def _row_values(run: Run, evidence: str) -> dict[str, Any]:
    counts = {name: getattr(run, name) for name in COUNTED}
    return {name: getattr(run, name) for name in SAME_NAMES} | {
        "project": run.project.slug,
        "strategy_evidence": evidence,
        "trace_id": run.trace_id if is_trace_id(run.trace_id) else None,
        "is_untraced": run.trace_id is not None and run.trace_id.startswith(UNTRACED),
        "models": run.model_names,
        "usage": tokens_of(run),
        "counts": Counts(**counts, events=run.size),
        "last_seq": run.size - 1,
        "head": format_head(str(run.id), run.size, bytes(run.frontier)),
    }


def is_trace_id(text: str | None) -> bool:
    """Whether a run's source is an OpenTelemetry trace; runs of other sources may carry a name of their own there."""
    return text is not None and TRACE_ID.fullmatch(text) is not None
