"""What people say of a run: in the ledger first, in rows that a rebuild repeats, and once for each form."""

from __future__ import annotations

import random
import uuid
from base64 import b64decode
from typing import Any

import pytest

from deliberation.events import NoteWritten, RunStarted
from deliberation.ledger.tree import append, root_of
from tests.integration.build import make_event, make_project, observed, put_on_record
from tests.integration.remarks.saying import (
    a_run,
    head,
    note,
    rated,
    reply,
    revise,
    said,
    sign,
    speech,
    tag,
    withdraw,
)
from traces.actions import rebuild as rebuilding
from traces.actions.conflict import Conflict, Unfit
from traces.actions.sign_off import Grown
from traces.models import Candidate, LedgerEntry, Node, Remark, Run, Verdict
from traces.queries.access import NotAllowed, NotVisible
from traces.queries.ledger import read_entries

pytestmark = pytest.mark.django_db


def rows(run: str) -> list[dict[str, Any]]:
    tables = (Node, Candidate, Verdict, Remark)
    found = [
        row
        for table in tables
        for row in table.objects.filter(run_id=run).order_by("pk").values()  # type: ignore[attr-defined]
    ]
    return found + list(Run.objects.filter(pk=run).values())


def rebuild_changes_nothing(run: str) -> bool:
    before = rows(run)
    rebuilding.rebuild(run_id=uuid.UUID(run))
    assert rows(run) == before
    return True


def test_it_works() -> None:
    run = a_run(tags=["math"])
    first = note(run, "why 41?", on="two")
    reply(run, first, "a slip", by="user:dora")
    rated(run, "good")
    tag(run, "looked at", off=("math",))
    sign(run)
    assert [row.kind for row in said(run)] == ["note", "note", "rating", "tags", "sign_off"]
    one, answer, *_, signed = said(run)
    assert (one.text, one.node_id, one.by) == ("why 41?", "two", "user:alice")
    assert (answer.thread, answer.node_id, answer.reply_to) == (one.seq, "two", first)
    assert (signed.value, signed.seen_size, signed.node_id) == ("accept", signed.seq, "one")
    assert Run.objects.get(pk=run).tags == ["looked at"]
    verdict = Verdict.objects.get(run_id=run)
    assert (verdict.verifier, verdict.verifier_kind, verdict.independence, verdict.outcome) == (
        "user:alice", "human", "human", "accept"
    )  # fmt: skip
    assert rebuild_changes_nothing(run)


def test_a_note_is_an_entry_of_the_ledger_and_its_text_a_part_of_it() -> None:
    run = a_run()
    note(run, "a secret")
    entry = LedgerEntry.objects.filter(run_id=run).order_by("-seq")[0]
    assert b"a secret" not in bytes(entry.line)
    (read,) = read_entries(uuid.UUID(run), [entry.seq])
    assert isinstance(read.event, NoteWritten)
    assert read.parts == {"text": b"a secret"}


def test_the_same_form_twice_says_it_once() -> None:
    run = a_run()
    for _ in range(2):
        note(run, "once", ticket="a-form")
        tag(run, "one", ticket="b-form")
        rated(run, "fair", ticket="c-form")
    size, seen = Run.objects.get(pk=run).size, head(run)
    first = sign(run, ticket="d-form", seen=seen)
    again = sign(run, ticket="d-form", seen=seen)
    assert (first.seq, again.seq, again.changes) == (size, size, ())
    assert len(said(run)) == 4


def test_a_ticket_of_somebody_else_is_refused() -> None:
    run = a_run()
    note(run, ticket="mine")
    with pytest.raises(Conflict, match="somebody else"):
        note(run, ticket="mine", by="user:dora")
    for ticket in ("a b", "x" * 37, "\n"):
        with pytest.raises(Unfit, match="ticket"):
            note(run, ticket=ticket)


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 20_001, "a\x00b", "\ud800"])
def test_a_note_that_cannot_be_kept_is_refused_with_a_sentence(text: str) -> None:
    run = a_run()
    with pytest.raises(Unfit, match="text"):
        note(run, text)
    assert said(run) == []


def test_a_note_may_wait_for_a_node_that_is_not_received_yet() -> None:
    run, project = a_run(), make_project()
    put_on_record(project, observed(run, "leaf", parent="late"))
    note(run, "where is it?", on="late")
    nodes = Run.objects.get(pk=run).nodes
    assert not Node.objects.filter(run_id=run, node_id="late").exists()
    put_on_record(project, observed(run, "late", parent="root"))
    assert Run.objects.get(pk=run).nodes == nodes + 1
    assert rebuild_changes_nothing(run)


def test_there_is_no_note_on_a_node_that_nothing_names() -> None:
    run = a_run()
    for node in ("nobody", "", "a\x00b", "x" * 10_000):
        with pytest.raises(NotVisible):
            note(run, on=node)
        with pytest.raises(NotVisible):
            rated(run, "good", on=node)


def test_an_answer_belongs_to_a_note_of_the_run() -> None:
    run, other = a_run(), a_run()
    with pytest.raises(Unfit, match="reply_to"):
        reply(run, note(other))


def test_a_revision_shows_what_it_says_now_and_the_ledger_keeps_what_it_said() -> None:
    run = a_run()
    told = note(run, "first")
    revise(run, told, "second", after=5)
    assert revise(run, told, "second").seq is None
    (row,) = said(run)
    assert (row.text, row.revisions, row.revised_ns) == ("second", 1, speech(run, after=5).now_ns)
    kept = read_entries(uuid.UUID(run), [row.seq, row.changed_seq])
    assert [each.parts["text"] for each in kept] == [b"first", b"second"]
    with pytest.raises(NotAllowed):
        revise(run, told, "third", by="user:dora")
    assert rebuild_changes_nothing(run)


def test_a_note_is_withdrawn_by_its_writer_or_an_owner_and_stays_in_the_ledger() -> None:
    run = a_run()
    told = note(run, "too much")
    with pytest.raises(NotAllowed):
        withdraw(run, told, by="user:dora")
    withdraw(run, told, by="user:dora", is_owner=True)
    assert withdraw(run, told).seq is None
    (row,) = said(run)
    assert (row.text, row.withdrawn_by) == (None, "user:dora")
    assert read_entries(uuid.UUID(run), [row.seq])[0].parts["text"] == b"too much"
    with pytest.raises(Conflict, match="withdrawn"):
        revise(run, told, "again")
    assert rebuild_changes_nothing(run)


def test_what_a_person_says_of_a_tag_stands_before_and_after_the_program() -> None:
    run, project = a_run(tags=["math", "slow"]), make_project()
    tag(run, "mine", off=("slow",))
    put_on_record(project, make_event(RunStarted, run, tags=["slow", "late", "mine"]))
    assert Run.objects.get(pk=run).tags == ["math", "mine", "late"]
    tag(run, "slow")
    assert Run.objects.get(pk=run).tags == ["math", "mine", "late", "slow"]
    assert rebuild_changes_nothing(run)


def test_tags_that_are_so_already_say_nothing_and_bad_ones_are_refused() -> None:
    run = a_run(tags=["math"])
    assert tag(run, "math", off=("never had",)).seq is None
    for bad in (" ", "x" * 101, "a\nb", "\u202eab"):
        with pytest.raises(Unfit):
            tag(run, bad)
    with pytest.raises(Unfit, match="to be taken off too"):
        tag(run, "a", off=("a",))
    tag(run, *(f"t{n}" for n in range(49)))
    with pytest.raises(Unfit, match="50 tags at most"):
        tag(run, "one more")
    tag(run, "one more", off=("t0",))


def test_of_each_persons_ratings_the_latest_stands_and_all_are_kept() -> None:
    run = a_run()
    rated(run, "poor")
    rated(run, "bad", by="user:dora")
    rated(run, "good", on="one")
    rated(run, "good")
    assert rated(run, "good").seq is None
    stand = said(run, superseded_seq=None)
    assert {(row.by, row.node_id, row.value) for row in stand} == {
        ("user:alice", None, "good"), ("user:alice", "one", "good"), ("user:dora", None, "bad")
    }  # fmt: skip
    rated(run, None)
    assert len(said(run)) == 5
    assert said(run, node_id=None, by="user:alice", superseded_seq=None)[0].value is None
    assert rebuild_changes_nothing(run)


def test_a_sign_off_proves_what_was_signed() -> None:
    run = a_run()
    note(run)
    sign(run)
    row = said(run)[-1]
    leaves = LedgerEntry.objects.filter(run_id=run, seq__lt=row.seen_size).order_by("seq")
    frontier, size = append([], 0, [bytes(leaf) for leaf in leaves.values_list("leaf", flat=True)])
    assert size == row.seen_size == row.seq
    assert b64decode(row.seen_root or "") == root_of(frontier)


def test_nothing_is_signed_that_was_not_seen() -> None:
    run, project = a_run(), make_project()
    seen = head(run)
    put_on_record(project, observed(run, "later", parent="root"))
    with pytest.raises(Grown) as lost:
        sign(run, seen=seen)
    assert (lost.value.seen_size, lost.value.size) == (seen[0], seen[0] + 1)
    size, root = head(run)
    for made_up in ((size, seen[1]), (size + 1, root), (0, root), (-1, root), (size, "")):
        with pytest.raises(Unfit, match="seen_root"):
            sign(run, seen=made_up)
    assert said(run) == []


def test_a_later_sign_off_of_the_same_person_stands_and_the_first_is_kept() -> None:
    run = a_run()
    sign(run)
    sign(run, by="user:dora")
    sign(run, "reject")
    assert [(row.by, row.value) for row in said(run, superseded_seq=None)] == [
        ("user:dora", "accept"), ("user:alice", "reject")
    ]  # fmt: skip
    assert said(run)[0].superseded_seq == said(run)[2].seq
    assert Run.objects.get(pk=run).verdicts == 3
    assert rebuild_changes_nothing(run)


def test_a_key_signs_nothing() -> None:
    run = a_run()
    with pytest.raises(NotAllowed):
        sign(run, by="key:abc")


def test_a_sign_off_says_nothing_of_how_the_run_went_about_its_task() -> None:
    run = a_run()
    before = Run.objects.filter(pk=run).values("strategy", "signs").get()
    sign(run)
    put_on_record(make_project(), observed(run, "one", model="m"))
    after = Run.objects.filter(pk=run).values("strategy", "signs").get()
    assert after == before
    assert rebuild_changes_nothing(run)


@pytest.mark.parametrize("seed", range(4))
def test_a_rebuild_repeats_whatever_people_said_between_reports(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, run, project = random.Random(seed), a_run(tags=["a"]), make_project()
    notes: list[str] = []
    for _ in range(40):
        who: Any = {"by": chance.choice(["user:alice", "user:dora"]), "after": chance.randrange(9)}
        on = chance.choice([None, "one", "two"])
        acts: list[Any] = [
            lambda on=on, who=who: notes.append(note(run, "n", on=on, **who)),
            lambda who=who: notes and notes.append(reply(run, chance.choice(notes), **who)),
            lambda who=who: tag(run, chance.choice("abc"), **who),
            lambda who=who: tag(run, off=(chance.choice("abc"),), **who),
            lambda on=on, who=who: rated(run, chance.choice(["bad", "good", None]), on=on, **who),
            lambda who=who: sign(run, chance.choice(["accept", "reject"]), **who),
            lambda: put_on_record(
                project, observed(run, chance.choice(["one", "new"]), parent="root", model="m")
            ),
            lambda: put_on_record(project, make_event(RunStarted, run, tags=["b", "c"])),
        ]
        chance.choice(acts)()
    for told in notes[::3]:
        withdraw(run, told, is_owner=True)
    assert rebuild_changes_nothing(run)
    monkeypatch.setattr(rebuilding, "CHUNK", 7)
    assert rebuild_changes_nothing(run)
