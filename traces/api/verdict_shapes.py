"""The shapes of verdicts, candidates and ledger entries in the API."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema

from traces.api.forms import decimal_text, rfc3339
from traces.queries import candidates, events, verdicts


class Verdict(Schema):
    """One judgement of one verifier on one node."""

    id: str | None
    seq: int
    node_id: str
    by_node: str | None
    given_at: str | None
    verifier: str
    version: str | None
    kind: str | None
    outcome: str = Field(description="accept, reject, unsure, error or timeout")
    label: str | None = Field(description="The outcome in the verifier's own word")
    score: float | None
    score_min: float | None
    score_max: float | None
    threshold: float | None
    independence: str | None
    saw_reference: bool | None = Field(description="True is an oracle leak")
    checks_total: int | None
    checks_passed: int | None
    cost: str | None
    rationale: str | None = Field(description="At most 200 characters")
    told_in: str | None = Field(
        description="Where it was told first, as run:seq, when that is another run"
    )
    inferred: list[str] = Field(
        description="What no source stated: verifier_kind, independence", examples=[[]]
    )

    @classmethod
    def of(cls, row: verdicts.VerdictRow) -> Verdict:
        """Return the shape of a verdict."""
        renamed = {"verdict_id": "id", "verifier_kind": "kind"}
        values = {renamed.get(name, name): getattr(row, name) for name in verdicts.COLUMNS}
        values["given_at"] = rfc3339(values.pop("given_ns"))
        values["cost"] = decimal_text(row.cost)
        return cls(**values, inferred=list(row.inferred))


class Verdicts(Schema):
    """Some verdicts, newest first; `next` is the cursor of the following page."""

    items: list[Verdict]
    next: str | None


class Candidate(Schema):
    """Something that could have been the answer. `verdicts` is verifier → its latest outcome."""

    node_id: str
    ordinal: int
    answer: str | None
    normalised: str | None
    cluster: str | None
    votes: int | None
    weight: float | None
    value: float | None
    chosen: bool
    fate: str
    fate_reason: str | None
    correct: bool | None
    verdicts: dict[str, str]

    @classmethod
    def of(cls, row: candidates.CandidateRow, outcomes: dict[str, str]) -> Candidate:
        """Return the shape of a candidate and of what was said of it."""
        names = cls.model_fields.keys() - {"verdicts"}
        return cls(**{name: getattr(row, name) for name in names}, verdicts=outcomes)


class Candidates(Schema):
    """All candidates of a run, newest first; there is never a next page."""

    items: list[Candidate]
    next: str | None


class EventPart(Schema):
    """A committed text: the commitment stands in the line, the text beside it until it is redacted."""

    name: str
    commitment: str
    preview: str | None
    size_bytes: int | None
    redacted: bool


class Event(Schema):
    """One ledger entry. `line` holds the very bytes that were hashed, in base64."""

    seq: int
    kind: str
    key: str
    by: str
    occurred_at: str | None
    received_at: str | None
    facts: dict[str, Any]
    parts: list[EventPart]
    leaf: str
    line: str

    @classmethod
    def of(cls, row: events.EventRow) -> Event:
        """Return the shape of a ledger entry."""
        values = {name: getattr(row, name) for name in events.EventRow.__slots__}
        values["occurred_at"] = rfc3339(values.pop("occurred_ns"))
        values["received_at"] = rfc3339(values.pop("received_ns"))
        values["parts"] = [
            EventPart(**{name: getattr(part, name) for name in events.EventPart.__slots__})
            for part in row.parts
        ]
        return cls(**values)


class Events(Schema):
    """Some ledger entries in order; `next` is the seq to go on after."""

    items: list[Event]
    next: str | None
