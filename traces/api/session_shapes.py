"""The shape of a session in the API."""

from __future__ import annotations

from ninja import Field, Schema

from traces.api.forms import rfc3339
from traces.api.run_shapes import Cost, Run, Usage
from traces.queries import sessions


class Session(Schema):
    """The runs of one conversation and their sums; a call that several runs tell of is in the sums once.

    `items` are runs, the earliest first; `next` is the cursor of the following page. The sums are of all of them.
    """

    id: str
    project: str
    runs: int
    started_at: str | None
    ended_at: str | None = Field(description="The last end that is known")
    models: list[str]
    usage: Usage
    cost: Cost
    unpriced_calls: int
    items: list[Run]
    next: str | None

    @classmethod
    def of(cls, session: sessions.Session) -> Session:
        """Return the shape of a session."""
        sums = session.sums
        return cls(
            id=session.id,
            project=session.project,
            runs=sums.runs,
            started_at=rfc3339(sums.started_ns),
            ended_at=rfc3339(sums.ended_ns),
            models=sums.models,
            usage=Usage.of(sums.usage),
            cost=Cost.of(sums.cost, sums.cost_provenance, None),
            unpriced_calls=sums.unpriced_calls,
            items=[Run.of(run) for run in session.items],
            next=session.next,
        )
