"""The shape of links between runs in the API."""

from __future__ import annotations

from ninja import Field, Schema

from traces.queries.trace_links import TraceLink


class Link(Schema):
    """A link between a node of this run and one of another trace, seen from here."""

    direction: str = Field(description="to: this run links; from: it is linked to")
    kind: str
    node_id: str = Field(description="The node of this run")
    trace_id: str | None = Field(description="The other trace")
    run_id: str | None = Field(description="The other run; null while it is not in this project")
    other_node_id: str

    @classmethod
    def of(cls, link: TraceLink) -> Link:
        """Return the shape of a link."""
        return cls(
            direction="to" if link.is_outgoing else "from",
            kind=link.kind,
            node_id=link.node_id,
            trace_id=link.trace_id,
            run_id=str(link.run.id) if link.run is not None else None,
            other_node_id=link.other_node,
        )


class Links(Schema):
    """The links of a run, outgoing ones first, at most 200 each way."""

    items: list[Link]
    next: None = None
