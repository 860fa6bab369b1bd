"""The shapes of texts that were deleted for good, in the API."""

from __future__ import annotations

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.vocabulary import RedactionRule, RemovalKind
from traces.api.forms import rfc3339
from traces.api.remark_shapes import TICKET
from traces.queries.legal_holds import HoldRow, RequestRow
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
    by: str | None
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


class HoldToPlace(Schema):
    """A legal hold on a run."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(description="1 to 2,000 characters")
    hold_id: str | None = Field(default=None, description=TICKET)


class Hold(Schema):
    """A legal hold that stands; `hold_id` is null for one on the whole project."""

    hold_id: str | None
    by: str
    reason: str | None
    at: str | None

    @classmethod
    def of(cls, row: HoldRow) -> Hold:
        """Return a hold as JSON has it."""
        return cls(hold_id=row.hold_id, by=row.by, reason=row.reason, at=rfc3339(row.placed_ns))


class Holds(Schema):
    """The holds that stand on a run."""

    items: list[Hold]
    next: str | None = None


class RemovalToAsk(Schema):
    """What is to be taken away under a hold: a text (`redaction`), all texts, the run, or the hold `hold_id`."""

    model_config = ConfigDict(extra="forbid")

    what: RemovalKind
    redaction: Redaction | None = None
    hold_id: str | None = None
    reason: str = Field(default="", description="At most 2,000 characters")
    request_id: str | None = Field(default=None, description=TICKET)


class RemovalDecision(Schema):
    """Whether a second owner agrees; who asked may only withdraw, with `false`."""

    model_config = ConfigDict(extra="forbid")

    agrees: bool
    ticket: str | None = Field(default=None, description=TICKET)


class RemovalRequest(Schema):
    """Something that was asked to be taken away; `outcome` is null while it is open."""

    request_id: str
    seq: int
    what: str
    entry: int | None
    part: str | None
    everywhere: bool | None
    rule: str | None
    basis: str | None
    hold_id: str | None
    reason: str | None
    by: str
    outcome: str | None
    closed_by: str | None
    asked_at: str | None
    closed_at: str | None

    @classmethod
    def of(cls, row: RequestRow) -> RemovalRequest:
        """Return a request as JSON has it."""
        times = {"asked_at", "closed_at"}
        same = {name: getattr(row, name) for name in cls.model_fields if name not in times}
        return cls(**same, asked_at=rfc3339(row.asked_ns), closed_at=rfc3339(row.closed_ns))


class RemovalRequests(Schema):
    """All requests of a run, the newest first."""

    items: list[RemovalRequest]
    next: str | None = None


class Expiry(Schema):
    """What of a run is to be deleted: all its texts, or with `whole_run` the run."""

    model_config = ConfigDict(extra="forbid")

    whole_run: bool = False
    reason: str = Field(default="", description="At most 2,000 characters")
    ticket: str | None = Field(default=None, description=TICKET)
