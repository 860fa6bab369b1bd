"""The shapes of what people say of runs in the API."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.vocabulary import Rating, SignOff
from traces.api.forms import rfc3339
from traces.api.problems import Problem
from traces.queries.remarks import RemarkRow

RemarkKind = Literal["note", "tags", "rating", "sign_off"]
SAME_NAMES = (
    "seq", "kind", "node_id", "reply_to", "by", "text", "revisions", "withdrawn_by", "superseded_seq", "seen_size",
    "seen_root", "answer_seq",
)  # fmt: skip
TICKET = "The asker's own: 1 to 36 letters, digits and . _ : -; the same again says it once"


class NoteToWrite(Schema):
    """A note on the run, on one of its nodes, or an answer to a note."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="1 to 20,000 characters")
    note_id: str | None = Field(default=None, description=TICKET)
    node_id: str | None = Field(default=None, description="The node; the run without it")
    reply_to: str | None = Field(default=None, description="The note that it answers")


class NoteToRevise(Schema):
    """What a note says from now on."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="1 to 20,000 characters")
    ticket: str | None = Field(default=None, description=TICKET)


class TagsToChange(Schema):
    """Tags to be put on and taken off, at most 50 of at most 100 characters each."""

    model_config = ConfigDict(extra="forbid")

    add: list[str] = []
    remove: list[str] = []
    ticket: str | None = Field(default=None, description=TICKET)


class RatingToGive(Schema):
    """How good somebody finds the run or a node; null takes back what they said before."""

    model_config = ConfigDict(extra="forbid")

    rating: Rating | None
    node_id: str | None = Field(default=None, description="The node; the run without it")
    ticket: str | None = Field(default=None, description=TICKET)


class SignOffToGive(Schema):
    """What somebody answers for. `head` is the run's as they were shown it."""

    model_config = ConfigDict(extra="forbid")

    outcome: SignOff
    head: str = Field(description="`head` of the run: id, size and root")
    statement: str = Field(default="", description="At most 20,000 characters")
    sign_off_id: str | None = Field(default=None, description=TICKET)


class Remark(Schema):
    """One thing that somebody said. `seq` is its ledger entry; what does not belong to its kind is null."""

    id: str | None = Field(description="Of a note and of a sign-off")
    seq: int
    kind: RemarkKind
    node_id: str | None = Field(description="Null: the run as a whole")
    reply_to: str | None
    by: str
    said_at: str | None
    text: str | None = Field(description="Null once withdrawn or redacted")
    revised_at: str | None
    revisions: int
    withdrawn_at: str | None
    withdrawn_by: str | None
    rating: Rating | None
    number: int | None = Field(description="The rating's place on the scale, from 1 to 5")
    outcome: SignOff | None
    seen_size: int | None = Field(description="How many entries they had seen")
    seen_root: str | None = Field(description="The Merkle root over those, base64")
    answer_seq: int | None
    added: list[str]
    removed: list[str]
    superseded_seq: int | None = Field(description="The later word of the same person")

    @classmethod
    def of(cls, row: RemarkRow) -> Remark:
        """Return the shape of a remark."""
        values: dict[str, Any] = {name: getattr(row, name) for name in SAME_NAMES}
        return cls(
            **values,
            id=row.said_id,
            said_at=rfc3339(row.said_ns),
            revised_at=rfc3339(row.revised_ns),
            withdrawn_at=rfc3339(row.withdrawn_ns),
            rating=row.value if row.kind == "rating" else None,  # type: ignore[arg-type]
            number=row.number,
            outcome=row.outcome,  # type: ignore[arg-type]
            added=list(row.added),
            removed=list(row.removed),
        )


class Remarks(Schema):
    """Some of what was said, newest first; `next` is the cursor of the following page."""

    items: list[Remark]
    next: str | None


class Tags(Schema):
    """The run's tags as they stand."""

    tags: list[str]


class GrownProblem(Problem):
    """The run has grown since it was shown: nothing was signed. `head` is the one it has now."""

    seen_size: int | None = None
    size: int | None = None
    head: str | None = None
