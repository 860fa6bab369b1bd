"""The remarks that a pass says something about: notes that it names, and words that it may replace."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from deliberation.events import (
    Event,
    NoteRevised,
    NoteWithdrawn,
    NoteWritten,
    RatingGiven,
    SignedOff,
    TagsChanged,
)
from traces.models.remark import RATING, SIGN_OFF
from traces.projection.states import RemarkState, RunState
from traces.projection.tables import REMARKS

Key = tuple[uuid.UUID, int]
Subject = tuple[uuid.UUID, str, str, str | None]
REPLACED = (RATING, SIGN_OFF)
ABOUT = frozenset((NoteWritten, NoteRevised, NoteWithdrawn, TagsChanged, RatingGiven, SignedOff))
NAMED = f"""
SELECT {REMARKS.selected} FROM {REMARKS.name} JOIN unnest(%s::uuid[], %s::text[])
  AS named (run_id, said_id) USING (run_id, said_id)"""
CURRENT = f"""
SELECT {REMARKS.selected} FROM {REMARKS.name} JOIN unnest(%s::uuid[], %s::text[])
  AS asked (run_id, "by") USING (run_id, "by")
WHERE kind IN ('{RATING}', '{SIGN_OFF}') AND superseded_seq IS NULL"""


@dataclass(slots=True)
class RemarkRows:
    """Rows by (run, seq): looked up before, changed in memory, written after.

    `named` are those that have an id, `current` the ratings and sign-offs that a later one replaces.
    """

    rows: dict[Key, RemarkState] = field(default_factory=dict)
    named: dict[tuple[uuid.UUID, str], RemarkState] = field(default_factory=dict)
    current: dict[Subject, RemarkState] = field(default_factory=dict)
    touched: set[Key] = field(default_factory=set)

    def load(
        self, runs: Mapping[uuid.UUID, RunState], events: Mapping[uuid.UUID, Sequence[Event]]
    ) -> list[tuple[uuid.UUID, str]]:
        """Fetch the remarks that these events name or may replace; return the nodes that they are about."""
        told = [
            (run_id, each)
            for run_id, listed in events.items()
            if runs[run_id].size  # a new run has nothing stored
            for each in listed
            # By their very class, as for commands: less than half the time of isinstance.
            if type(each) in ABOUT
        ]
        if not told:
            return []
        self._fetch(NAMED, [(run_id, name) for run_id, each in told for name in _named_by(each)])
        givers = {
            (run_id, each.by) for run_id, each in told if isinstance(each, (RatingGiven, SignedOff))
        }
        self._fetch(CURRENT, list(givers))
        about = [(run_id, getattr(each, "on_node", None)) for run_id, each in told]
        noted = [(row.run_id, row.node_id) for row in self.rows.values()]
        return [(run_id, node_id) for run_id, node_id in about + noted if node_id is not None]

    def _fetch(self, statement: str, wanted: list[tuple[uuid.UUID, str]]) -> None:
        if not wanted:
            return
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*wanted, strict=True)])
            for values in cursor.fetchall():
                self._know(RemarkState.of(values))

    def _know(self, row: RemarkState) -> None:
        self.rows[row.run_id, row.seq] = row
        if row.said_id is not None:
            self.named[row.run_id, row.said_id] = row
        if row.kind in REPLACED and row.superseded_seq is None:
            self.current[subject_of(row)] = row

    def find(self, run: RunState, said_id: str | None) -> RemarkState | None:
        """Return a note that is known, by its id."""
        return None if said_id is None else self.named.get((run.id, said_id))

    def replace(self, new: RemarkState) -> None:
        """Let a rating or a sign-off stand in the place of the last one of the same person."""
        old = self.current.get(subject_of(new))
        if old is not None:
            old.superseded_seq = new.seq
            self.touch(old, new.seq)
        self.touch(new, new.seq)

    def touch(self, row: RemarkState, seq: int) -> None:
        """Note that the row was made or changed by an entry, and is to be written."""
        row.changed_seq = seq
        self._know(row)
        self.touched.add((row.run_id, row.seq))

    def save(self) -> None:
        """Write what changed."""
        REMARKS.put([self.rows[key] for key in sorted(self.touched)], ("run_id", "seq"))


def subject_of(row: RemarkState) -> Subject:
    """Return what a person has one current word about: each node they rate, and the run they sign."""
    return row.run_id, row.kind, row.by, row.node_id if row.kind == RATING else None


def _named_by(event: Event) -> Iterator[str]:
    for name in ("note", "reply_to"):
        said_id = getattr(event, name, None)
        if said_id is not None:
            yield said_id
