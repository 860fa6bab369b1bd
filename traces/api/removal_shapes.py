"""The shapes of texts that were deleted for good, in the API."""

from __future__ import annotations

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.vocabulary import RedactionRule
from traces.api.forms import rfc3339
from traces.api.remark_shapes import TICKET
from traces.queries.removals import RemovalRow

SAME_NAMES = (
    "seq",
    "kind",
    "entry",
    "part",
    "by",
    "agreed_by",
    "rule",
    "basis",
    "policy",
    "reason",
)


class Redaction(Schema):
    """A text to be deleted for good: `part` of the entry `entry`, and with `everywhere` wherever exactly it stands."""

    model_config = ConfigDict(extra="forbid")

    entry: int = Field(ge=0, description="The seq of an entry")
    part: str = Field(max_length=64, description="The name of a text of that entry")
    everywhere: bool = Field(default=True, description="In all entries of the run with this text")
    rule: RedactionRule
    basis: str = Field(default="", description="By what right or duty; at most 200 characters")
    reason: str = Field(default="", description="At most 2,000 characters")
    redaction_id: str | None = Field(default=None, description=TICKET)


class Place(Schema):
    """A text of an entry."""

    entry: int
    part: str


class Redacted(Schema):
    """What was deleted, by which entries; `copies` counts dead letters that went with it."""

    entries: list[int]
    places: list[Place]
    copies: int


class Removal(Schema):
    """An entry that took texts away: one text, or (`part` null) all of the entries before `entry`."""

    seq: int
    kind: str = Field(description="redacted or expired")
    entry: int
    part: str | None
    by: str
    agreed_by: str | None
    rule: str | None
    basis: str | None
    policy: str | None
    reason: str | None
    at: str | None

    @classmethod
    def of(cls, row: RemovalRow) -> Removal:
        """Return a removal as JSON has it."""
        return cls(**{name: getattr(row, name) for name in SAME_NAMES}, at=rfc3339(row.said_ns))


class Removals(Schema):
    """All removals of a run, the newest first."""

    items: list[Removal]
    next: str | None = None
