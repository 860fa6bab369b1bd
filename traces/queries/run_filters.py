"""What a list of runs is narrowed by."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value

from traces.models import Approval, Remark, Run
from traces.models.approval import PENDING
from traces.models.remark import NOTE, SIGN_OFF, STANDING
from traces.models.run import FINAL, NOT_OVER
from traces.queries.access import is_storable

UNSIGNED = "none"
LAST_MILLISECOND = 2**63 // 10**6
"""The last time that fits in 64 bits of nanoseconds: in the year 2262."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilters:
    """What a list of runs is narrowed by; None and False do not narrow. `state` is the observed one.

    `q` is looked for in name, task, answer and tags; `since` and `until` compare the start of a run, or, where its
    source stated none, the moment its id was made. Costs are in US dollars; a run without a known cost is in no range.
    `signed` is what somebody signed whose word stands, or UNSIGNED.
    """

    q: str | None = None
    state: str | None = None
    strategy: str | None = None
    strategy_source: str | None = None
    trace_id: str | None = None
    tag: str | None = None
    model: str | None = None
    session: str | None = None
    project: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cost_from: Decimal | None = None
    cost_to: Decimal | None = None
    has_discarded: bool = False
    needs_approval: bool = False
    signed: str | None = None
    has_notes: bool = False

    @property
    def is_storable(self) -> bool:
        """False for what no row can hold, and so no row matches."""
        values = (getattr(self, field.name) for field in fields(self))
        return all(is_storable(value) for value in values if isinstance(value, str))

    @property
    def let_all_through(self) -> bool:
        """True where nothing is narrowed, but perhaps the project."""
        return self == RunFilters(project=self.project)

    @property
    def let_few_through(self) -> bool:
        """True where an index leads to the few runs that can match, however many there are."""
        return bool(self.trace_id or self.session or self.needs_approval or self.asks_for_live)

    @property
    def asks_for_live(self) -> bool:
        """True for a state of runs that are not over."""
        return bool(self.state) and self.state not in FINAL


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
        "cost__gte": filters.cost_from,
        "cost__lte": filters.cost_to,
        "discarded__gt": 0 if filters.has_discarded else None,
    }
    found = found.filter(
        **{name: value for name, value in plain.items() if value not in (None, "")}
    )
    if filters.asks_for_live:
        found = found.filter(NOT_OVER)  # the condition of the index that leads to them
    if filters.q:
        found = _saying(found, filters.q)
    if filters.needs_approval:
        found = found.filter(id__in=Approval.objects.filter(status=PENDING).values("run_id"))
    if filters.signed:
        found = found.filter(_signed(filters.signed))
    if filters.has_notes:
        found = found.filter(Exists(_standing(NOTE)))
    if filters.since is not None:
        found = found.filter(_started(filters.since, "gte"))
    if filters.until is not None:
        found = found.filter(_started(filters.until, "lt"))
    return found


def _standing(kind: str) -> QuerySet[Remark]:
    return Remark.objects.filter(STANDING, kind=kind, run_id=OuterRef("pk"))


def _signed(outcome: str) -> Any:
    signed = _standing(SIGN_OFF)
    return ~Exists(signed) if outcome == UNSIGNED else Exists(signed.filter(value=outcome))


def _saying(found: QuerySet[Run], words: str) -> QuerySet[Run]:
    # As one text: to make letters large is what costs most of a search. No word that is asked for holds a line's end.
    tags = Func(F("tags"), Value(" "), function="array_to_string", output_field=TextField())
    said = Func(
        Value("\n"),
        *(F(name) for name in ("name", "task", "answer")),
        tags,
        function="concat_ws",
        output_field=TextField(),
    )
    return found.alias(said=said).filter(said__icontains=words)


def _started(moment: datetime, compare: str) -> Q:
    stated = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    milliseconds = min(max(0, int(stated.timestamp() * 1000)), LAST_MILLISECOND)
    made = uuid.UUID(int=milliseconds << 80)
    return Q(**{f"started_ns__{compare}": milliseconds * 1_000_000}) | Q(
        **{"started_ns": None, f"id__{compare}": made}
    )
