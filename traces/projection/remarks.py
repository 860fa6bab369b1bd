"""What people's notes, tags, ratings and sign-offs do to rows.

The actions check before they record: here nothing is refused, and what does not fit changes nothing. A remark never
makes a node: a note may wait for one that is not received yet.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from deliberation.events import (
    Event,
    NoteRevised,
    NoteWithdrawn,
    NoteWritten,
    RatingGiven,
    SignedOff,
    TagsChanged,
)
from traces.models.remark import NOTE, RATING, SIGN_OFF, TAGS
from traces.projection import runs as on_run
from traces.projection.reach import Reach
from traces.projection.states import RemarkState, RunState
from traces.projection.texts import cut, fact
from traces.projection.verdicts import signed_verdict, verdict_row


def apply_note(reach: Reach, run: RunState, event: NoteWritten, seq: int) -> None:
    """Fold a note; the same id again is the same note."""
    if reach.remarks.find(run, event.note) is not None:
        return
    answered = reach.remarks.find(run, event.reply_to)
    row = _row(NOTE, run, event, seq)
    row.said_id, row.text, row.reply_to = event.note, _whole(event.text), event.reply_to
    row.node_id = event.on_node
    if answered is not None:
        row.thread, row.node_id = answered.thread, answered.node_id
    reach.remarks.touch(row, seq)
    reach.notice(run, row.node_id, seq)


def apply_revision(reach: Reach, run: RunState, event: NoteRevised, seq: int) -> None:
    """Fold what a note says now. One that was withdrawn stays so."""
    row = reach.remarks.find(run, event.note)
    if row is None or row.withdrawn_ns is not None:
        return
    row.text, row.revised_ns, row.revisions = _whole(event.text), event.at, row.revisions + 1
    reach.remarks.touch(row, seq)
    reach.notice(run, row.node_id, seq)


def apply_withdrawal(reach: Reach, run: RunState, event: NoteWithdrawn, seq: int) -> None:
    """Fold that a note is not shown any more."""
    row = reach.remarks.find(run, event.note)
    if row is None or row.withdrawn_ns is not None:
        return
    row.text, row.withdrawn_ns, row.withdrawn_by = None, event.at, fact(event.by)
    reach.remarks.touch(row, seq)
    reach.notice(run, row.node_id, seq)


def apply_tags(reach: Reach, run: RunState, event: TagsChanged, seq: int) -> None:
    """Fold tags that were put on and taken off."""
    on_run.apply_tags(run, event)
    row = _row(TAGS, run, event, seq)
    row.added, row.removed = _listed(event.added), _listed(event.removed)
    reach.remarks.touch(row, seq)


def apply_rating(reach: Reach, run: RunState, event: RatingGiven, seq: int) -> None:
    """Fold a rating; the person's last one of the same thing is history then."""
    row = _row(RATING, run, event, seq)
    row.node_id, row.value = event.on_node, event.rating and event.rating.value
    reach.remarks.replace(row)
    reach.notice(run, row.node_id, seq)


def apply_sign_off(reach: Reach, run: RunState, event: SignedOff, seq: int) -> None:
    """Fold a sign-off, and the verdict of a person that it is.

    The verdict is no column of the node: that somebody signed says nothing of how the run went about its task.
    """
    row = _row(SIGN_OFF, run, event, seq)
    row.said_id, row.node_id = event.sign_off, event.on_node
    row.value, row.text = event.outcome.value, _whole(event.statement)
    row.seen_size, row.seen_root = event.seen_size, fact(event.seen_root)
    row.answer_seq = event.answer_seq
    reach.remarks.replace(row)
    verdict = signed_verdict(event)
    if verdict is not None:
        run.verdicts += 1
        reach.verdicts.append(verdict_row(run.id, seq, verdict))
        reach.notice(run, row.node_id, seq)


def _row(kind: str, run: RunState, event: Any, seq: int) -> RemarkState:
    return RemarkState(
        run_id=run.id, seq=seq, thread=seq, kind=kind, by=fact(event.by), said_ns=event.at
    )


def _listed(tags: list[str] | None) -> str | None:
    told = list(filter(None, map(fact, tags or ())))
    return json.dumps(told) if told else None


def _whole(text: str | None) -> str | None:
    return None if text is None else cut(text, len(text))


APPLY: dict[type[Event], Callable[[Reach, RunState, Any, int], None]] = {
    NoteWritten: apply_note,
    NoteRevised: apply_revision,
    NoteWithdrawn: apply_withdrawal,
    TagsChanged: apply_tags,
    RatingGiven: apply_rating,
    SignedOff: apply_sign_off,
}
"""What each kind does."""
