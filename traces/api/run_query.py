"""What runs are narrowed by in the API: one set of names for the list and for what many runs come to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from ninja import Field, Schema

from traces.queries.run_filters import RunFilters


class RunQuery(Schema):
    """Filters of runs; what is left out does not narrow."""

    trace_id: str | None = None
    status: str | None = Field(None, description="The observed state")
    strategy: str | None = None
    strategy_source: str | None = Field(None, description="stated, inferred or set_by_person")
    q: str | None = Field(None, description="In name, task, answer or tags")
    since: datetime | None = Field(None, description="Started at or after")
    until: datetime | None = Field(None, description="Started before")
    tag: str | None = None
    model: str | None = None
    session: str | None = Field(None, description="The session's id")
    cost_from: Decimal | None = Field(None, ge=0, description="US dollars, at least")
    cost_to: Decimal | None = Field(None, ge=0, description="US dollars, at most")
    discarded: bool = Field(False, description="Only those that discarded something")
    approval: bool = Field(False, description="Only those that wait for a person")
    signed: Literal["accept", "reject", "unsure", "none"] | None = Field(
        None, description="Signed off so by somebody, or by nobody"
    )
    noted: bool = Field(False, description="Only those with notes of people")

    def filters(self) -> RunFilters:
        """Return the same as the list's filters."""
        return RunFilters(
            trace_id=self.trace_id,
            state=self.status,
            strategy=self.strategy,
            strategy_source=self.strategy_source,
            q=self.q,
            since=self.since,
            until=self.until,
            tag=self.tag,
            model=self.model,
            session=self.session,
            cost_from=self.cost_from,
            cost_to=self.cost_to,
            has_discarded=self.discarded,
            needs_approval=self.approval,
            signed=self.signed,
            has_notes=self.noted,
        )
