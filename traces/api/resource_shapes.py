"""The shape of resources in the API."""

from __future__ import annotations

from ninja import Field, Schema

from traces.queries.resources import ResourceRow


class Resource(Schema):
    """An outside thing that a node named: in a tool's arguments, or by an attribute of its span."""

    kind: str = Field(description="url, host, file, database or service")
    name: str
    host: str | None
    node_id: str
    node_kind: str | None
    tool: str | None
    seq: int = Field(description="The ledger entry that says so first")

    @classmethod
    def of(cls, row: ResourceRow) -> Resource:
        """Return the shape of a row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class Resources(Schema):
    """Some resources, newest first; `next` is the cursor of the following page."""

    items: list[Resource]
    next: str | None
