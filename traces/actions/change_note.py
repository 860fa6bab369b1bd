"""Revise a note, or withdraw it. What it said before stays in the ledger in both cases."""

from __future__ import annotations

from django.utils.translation import gettext

from deliberation.events import NoteRevised, NoteWithdrawn
from traces.actions.conflict import Conflict
from traces.actions.say import Said, Speech, check_text, say
from traces.actions.write_note import MAX_NOTE_CHARS
from traces.models import Remark
from traces.models.remark import NOTE
from traces.projection.states import RunState
from traces.queries.access import NotAllowed, NotVisible, is_storable


def revise_note(*, speech: Speech, note_id: str, text: str) -> Said:
    """Let whoever wrote a note write it anew; the same text again says nothing.

    Raises Unfit for a text of no or more than 20,000 characters, NotVisible for an unknown note, NotAllowed for
    anybody else, Conflict for one that was withdrawn.
    """
    kept = check_text("text", text, MAX_NOTE_CHARS)

    def make(run: RunState, key: str) -> NoteRevised | None:
        note = _find(run, note_id)
        if note.by != speech.by:
            raise NotAllowed(gettext("only whoever wrote a note may write it anew"))
        if note.withdrawn_ns is not None:
            raise Conflict(gettext("it was withdrawn"), run)
        if note.text == kept:
            return None
        return NoteRevised(
            run=str(run.id), key=key, at=speech.now_ns, note=note_id, by=speech.by, text=kept
        )

    return say(speech, make)


def withdraw_note(*, speech: Speech, note_id: str, is_owner: bool) -> Said:
    """Let whoever wrote a note, or an owner of the project, withdraw it; once more says nothing.

    Raises NotVisible for an unknown note, NotAllowed for anybody else.
    """

    def make(run: RunState, key: str) -> NoteWithdrawn | None:
        note = _find(run, note_id)
        if note.by != speech.by and not is_owner:
            raise NotAllowed(gettext("only whoever wrote a note, or an owner, may withdraw it"))
        if note.withdrawn_ns is not None:
            return None
        return NoteWithdrawn(run=str(run.id), key=key, at=speech.now_ns, note=note_id, by=speech.by)

    return say(speech, make)


def _find(run: RunState, note_id: str) -> Remark:
    note = None
    if is_storable(note_id):
        note = Remark.objects.filter(run_id=run.id, said_id=note_id, kind=NOTE).first()
    if note is None:
        raise NotVisible
    return note
