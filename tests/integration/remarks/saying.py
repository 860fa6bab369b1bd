"""People who say something of a run, as short as it can be said."""

from __future__ import annotations

import random
import uuid
from itertools import count
from typing import Any

from deliberation.events import AnswerSelected, CandidateProposed, RunEnded, RunStarted
from deliberation.vocabulary import ObservedState, Rating, SignOff
from tests.integration.build import NOW_NS, make_event, make_project, new_run, observed
from tests.integration.build import put_on_record as put
from traces.actions import change_note, change_tags, rate, sign_off, write_note
from traces.actions.say import Said, Speech
from traces.models import Project, Remark, Run

_tickets = count()


def a_run(project: Project | None = None, *, tags: list[str] | None = None) -> str:
    """A run with two samples, of which one was returned."""
    run = new_run()
    put(
        project or make_project(),
        make_event(RunStarted, run, name="add", task="what is 40 + 2", tags=tags),
        observed(run, "root", name="answering"),
        observed(run, "one", parent="root", output="42"),
        observed(run, "two", parent="root", output="41"),
        make_event(CandidateProposed, run, node="one", answer="42"),
        make_event(CandidateProposed, run, node="two", answer="41"),
        make_event(AnswerSelected, run, node="one", runner_up="two"),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer="42"),
    )
    return run


def speech(run: str, by: str = "user:alice", ticket: str | None = None, after: int = 0) -> Speech:
    """Somebody on a form of their own, so many seconds after noon."""
    return Speech(
        run_id=uuid.UUID(run),
        by=by,
        ticket=ticket or f"form-{next(_tickets)}",
        now_ns=NOW_NS + after * 10**9,
        randbytes=random.Random(3).randbytes,
    )


def note(run: str, text: str = "look at this", *, on: str | None = None, **who: Any) -> str:
    """A note; its id."""
    said = speech(run, **who)
    write_note.write_note(speech=said, draft=write_note.NoteDraft(text=text, node_id=on))
    return said.ticket


def reply(run: str, to: str, text: str = "I did", **who: Any) -> str:
    """An answer to a note; its id."""
    said = speech(run, **who)
    write_note.write_note(speech=said, draft=write_note.NoteDraft(text=text, reply_to=to))
    return said.ticket


def revise(run: str, note_id: str, text: str, **who: Any) -> Said:
    return change_note.revise_note(speech=speech(run, **who), note_id=note_id, text=text)


def withdraw(run: str, note_id: str, *, is_owner: bool = False, **who: Any) -> Said:
    return change_note.withdraw_note(speech=speech(run, **who), note_id=note_id, is_owner=is_owner)


def tag(run: str, *add: str, off: tuple[str, ...] = (), **who: Any) -> Said:
    return change_tags.change_tags(speech=speech(run, **who), add=add, remove=off)


def rated(run: str, word: str | None, *, on: str | None = None, **who: Any) -> Said:
    rating = None if word is None else Rating(word)
    return rate.rate(speech=speech(run, **who), rating=rating, node_id=on)


def head(run: str) -> tuple[int, str]:
    """The size and root of a run's ledger, as a page shows them."""
    row = Run.objects.get(pk=run)
    return row.size, sign_off.root_text(row)


def sign(
    run: str, outcome: str = "accept", *, seen: tuple[int, str] | None = None, **who: Any
) -> Said:
    size, root = seen or head(run)
    signature = sign_off.Signature(
        outcome=SignOff(outcome), statement="I checked it", seen_size=size, seen_root=root
    )
    return sign_off.sign_off(speech=speech(run, **who), signature=signature)


def said(run: str, **which: Any) -> list[Remark]:
    """The rows of what was said, oldest first."""
    return list(Remark.objects.filter(run_id=run, **which).order_by("seq"))
