"""Write a note on a run or one of its nodes, or answer one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from deliberation.events import NoteWritten
from traces.actions.conflict import Unfit
from traces.actions.say import Said, Speech, check_text, say
from traces.models import Node, Remark
from traces.models.remark import NOTE
from traces.projection.states import RunState
from traces.queries.access import NotVisible, is_storable

MAX_NOTE_CHARS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDraft:
    """What is to be written; `node_id` is None for the run, `reply_to` the note that it answers."""

    text: str
    node_id: str | None = None
    reply_to: str | None = None


def write_note(*, speech: Speech, draft: NoteDraft) -> Said:
    """Write it; the note's id is the ticket. A reply is about what the note that it answers is about.

    Raises Unfit for a text of no or more than 20,000 characters and for an answer to what is no note of the run,
    NotVisible for a node that nothing in the run names. One that is named and not received yet may be written about.
    """
    text = check_text("text", draft.text, MAX_NOTE_CHARS)

    def make(run: RunState, key: str) -> NoteWritten:
        node_id = draft.node_id
        if draft.reply_to is not None:
            node_id = _answered(run, draft.reply_to).node_id
        elif node_id is not None:
            check_named(run, node_id)
        return NoteWritten(
            run=str(run.id),
            key=key,
            at=speech.now_ns,
            note=speech.ticket,
            by=speech.by,
            on_node=node_id,
            reply_to=draft.reply_to,
            text=text,
        )

    return say(speech, make)


def check_named(run: RunState, node_id: str) -> None:
    """Raise NotVisible unless the run has this node, or a node that waits for it."""
    if not is_storable(node_id):
        raise NotVisible
    nodes = Node.objects.filter(run_id=run.id)
    if not nodes.filter(node_id=node_id).exists() and not (
        nodes.filter(parent_id=node_id, parent_ordinal=None).exists()
    ):
        raise NotVisible


def _answered(run: RunState, note_id: str) -> Remark:
    if is_storable(note_id):
        found = Remark.objects.filter(run_id=run.id, said_id=note_id, kind=NOTE).first()
        if found is not None:
            return found
    raise Unfit("reply_to", gettext("is no note of this run"))
