"""What was signed of a run, as pages list and give it: ours, or what came with a run of another installation."""

from __future__ import annotations

import uuid
from base64 import b64encode
from dataclasses import dataclass

from django.db.models import Max

from deliberation.bundle.note import Checkpoint as Note
from deliberation.bundle.note import read_checkpoint, split_notes
from deliberation.bundle.verdict import Refusal
from traces.models import Checkpoint, ForeignRun
from traces.models.run import FOREIGN
from traces.queries.access import NotVisible, Who, see_run

ON_A_PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """One note. `root` in base64, `keys` as <name>+<key id>; `signed_ns` is None where nobody here saw it signed."""

    origin: str
    size: int
    root: str
    keys: list[str]
    signed_ns: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNotes:
    """Some notes by descending size, and the size to ask for more below, if any.

    `total` says how many there are, `covers` how many entries stand under the largest of all.
    """

    items: list[SignedNote]
    total: int
    covers: int
    next: int | None


def list_notes(*, who: Who, run_id: str | uuid.UUID, below: int | None = None) -> SignedNotes:
    """Return the notes over fewer than `below` entries, those over the most first. Raises NotVisible."""
    run = see_run(who, run_id)
    if run.source == FOREIGN:
        every = _foreign(run.id)
        found = [note for note in every if below is None or note.size < below]
        total, covers = len(every), every[0].size if every else 0
        page = found[: ON_A_PAGE + 1]
    else:
        rows = Checkpoint.objects.filter(run_id=run.id)
        total, covers = rows.count(), rows.aggregate(most=Max("size"))["most"] or 0
        if below is not None:
            rows = rows.filter(size__lt=below)
        page = [_ours(row) for row in rows.order_by("-size", "-id")[: ON_A_PAGE + 1]]
    items = page[:ON_A_PAGE]
    following = items[-1].size if len(page) > ON_A_PAGE else None
    return SignedNotes(items=items, total=total, covers=covers, next=following)


def read_notes(*, who: Who, run_id: str | uuid.UUID, size: int) -> str:
    """Return what was signed over so many entries, with an empty line between two notes. Raises NotVisible."""
    run = see_run(who, run_id)
    if run.source == FOREIGN:
        found = [note.text for note in _foreign(run.id) if note.size == size]
    else:
        rows = Checkpoint.objects.filter(run_id=run.id, size=size).order_by("id")
        found = list(rows.values_list("note", flat=True))
    if not found:
        raise NotVisible
    return "\n".join(found)


def foreign_notes(run_id: uuid.UUID) -> list[tuple[Note, str]]:
    """Return the notes that came with a run, each read and as it came, by ascending size; none that cannot be read."""
    text = ForeignRun.objects.filter(pk=run_id).values_list("notes", flat=True).first()
    try:
        return [(read_checkpoint(note), note) for note in split_notes(text)] if text else []
    except Refusal:
        return []


def _foreign(run_id: uuid.UUID) -> list[SignedNote]:
    return [_row(note, text, None) for note, text in reversed(foreign_notes(run_id))]


def _ours(row: Checkpoint) -> SignedNote:
    signed_ns = int(row.signed_at.timestamp() * 1_000_000) * 1000
    try:
        return _row(read_checkpoint(row.note), row.note, signed_ns)
    except Refusal:  # somebody edited it; the check of the ledger says so
        root = b64encode(row.root).decode()
        return SignedNote(
            origin=row.origin,
            size=row.size,
            root=root,
            keys=[],
            signed_ns=signed_ns,
            text=row.note,
        )


def _row(note: Note, text: str, signed_ns: int | None) -> SignedNote:
    return SignedNote(
        origin=note.origin,
        size=note.size,
        root=b64encode(note.root).decode(),
        keys=[f"{each.name}+{each.id.hex()}" for each in note.signatures],
        signed_ns=signed_ns,
        text=text,
    )
