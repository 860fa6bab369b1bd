"""Runs in lists, and one run whole."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from deliberation.ledger.head import format_head
from traces.models import Run
from traces.queries.access import Who, as_uuid, as_viewer, is_storable, see_run
from traces.queries.amounts import Counts, Discarded, Tokens, tokens_of
from traces.queries.columns import read_tree
from traces.queries.ledger import read_entries, showable
from traces.queries.strategy import StrategyTold, evidence_of, read_strategy

PREVIEW_CHARS = 200
ANSWER_CHARS = 2_000
LAST_MILLISECOND = 2**63 // 10**6
"""The last time that fits in 64 bits of nanoseconds: in the year 2262."""
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
class RunFilters:
    """What a list of runs is narrowed by; None does not narrow. `state` is the observed one.

    `q` is looked for in name, task, answer and tags; `since` and `until` compare the start of a run, or, where its
    source stated none, the moment its id was made.
    """

    q: str | None = None
    state: str | None = None
    strategy: str | None = None
    strategy_source: str | None = None
    trace_id: str | None = None
    tag: str | None = None
    model: str | None = None
    session: str | None = None
    since: datetime | None = None
    until: datetime | None = None


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
class RunPage:
    """Some runs, newest first, and the cursor of the next page, if any."""

    items: list[RunRow]
    next: str | None


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


def list_runs(
    *, who: Who, filters: RunFilters, cursor: str | None = None, limit: int = 50
) -> RunPage:
    """Return the runs that `who` may see, newest first, after the run that `cursor` names.

    Raises NotVisible for a cursor that is none.
    """
    found = Run.objects.filter(project_id__in=as_viewer(who).project_ids, size__gt=0)
    if cursor is not None:
        found = found.filter(id__lt=as_uuid(cursor))
    if not all(is_storable(text) for text in _texts(filters)):
        return RunPage(items=[], next=None)
    rows = list(narrow(found, filters).select_related("project").order_by("-id")[: limit + 1])
    items = rows_of(rows[:limit])
    return RunPage(items=items, next=str(items[-1].id) if len(rows) > limit else None)


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


def _texts(filters: RunFilters) -> list[str]:
    values = (getattr(filters, field.name) for field in fields(filters))
    return [value for value in values if isinstance(value, str)]


def narrow(found: QuerySet[Run], filters: RunFilters) -> QuerySet[Run]:
    """Return the runs among `found` that the filters let through."""
    plain = {
        "observed_state": filters.state,
        "strategy": filters.strategy,
        "strategy_source": filters.strategy_source,
        "trace_id": filters.trace_id,
        "session_id": filters.session,
        "tags__contains": [filters.tag] if filters.tag else None,
        "model_names__contains": [filters.model] if filters.model else None,
    }
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if filters.q:
        joined = Func(F("tags"), Value(" "), function="array_to_string", output_field=TextField())
        matches = Q(pk__in=[])
        for column in ("name", "task", "answer", "joined_tags"):
            matches |= Q(**{f"{column}__icontains": filters.q})
        found = found.alias(joined_tags=joined).filter(matches)
    if filters.since is not None:
        found = found.filter(_started(filters.since, "gte"))
    if filters.until is not None:
        found = found.filter(_started(filters.until, "lt"))
    return found


def _started(moment: datetime, compare: str) -> Q:
    stated = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    milliseconds = min(max(0, int(stated.timestamp() * 1000)), LAST_MILLISECOND)
    made = uuid.UUID(int=milliseconds << 80)
    return Q(**{f"started_ns__{compare}": milliseconds * 1_000_000}) | Q(
        **{"started_ns": None, f"id__{compare}": made}
    )


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
