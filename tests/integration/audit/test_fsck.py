"""fsck finds whatever is edited behind the server's back, and names run, entry and what differs."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from deliberation.events import CandidateProposed, VerdictGiven
from deliberation.ledger.tree import hash_leaf
from deliberation.vocabulary import VerdictOutcome
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from tests.people import People
from traces.actions.check_ledgers import continue_check, start_check
from traces.audit.openings import unpack
from traces.models import LedgerCheck, LedgerEntry, LedgerPart, Node, Run
from traces.queries.recheck_run import recheck_run

LARGE = "a large text " * 1_000
NIGHT = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)


def recorded(slug: str = "default") -> str:
    run = new_run()
    put_on_record(
        make_project(slug),
        observed(run, "a", output="short", input=LARGE),
        make_event(CandidateProposed, run, node="a", answer="42", votes=3),
        make_event(
            VerdictGiven, run, node="a", verifier="tests", outcome=VerdictOutcome.ACCEPT, score=1.0
        ),
    )
    return run


def found(run: str) -> list[str]:
    """The differences, each as "seq: what"."""
    return [f"{each.seq}: {each.what}" for each in recheck_run(uuid.UUID(run)).differences]


def edit(run: str, seq: int, /, **changes: object) -> None:
    assert LedgerEntry.objects.filter(run_id=run, seq=seq).update(**changes)


def line_of(run: str, seq: int) -> bytes:
    return bytes(LedgerEntry.objects.get(run_id=run, seq=seq).line)


def test_it_works() -> None:
    run, out = recorded(), StringIO()
    call_command("fsck", "--rows", stdout=out)
    assert out.getvalue() == "1 runs with 4 entries are what their ledgers say\n"
    edit(run, 2, line=line_of(run, 2).replace(b'"votes":3', b'"votes":4'))
    out = StringIO()
    with pytest.raises(CommandError, match="2 differences in 1 runs") as raised:
        call_command("fsck", stdout=out)
    assert raised.value.returncode == 1
    assert out.getvalue().splitlines() == [
        f"{run} entry 2: its line is not the one whose hash is kept beside it",
        f"{run}: the tree over its lines is not the one whose frontier is held: they part in entries 0 to 3",
    ]


def test_a_line_whose_leaf_was_edited_to_fit_is_found_by_the_frontier() -> None:
    run = recorded()
    line = line_of(run, 3).replace(b'"accept"', b'"reject"')
    edit(run, 3, line=line, leaf=hash_leaf(line))
    assert found(run) == [
        "None: the tree over its lines is not the one whose frontier is held: they part in entries 0 to 3"
    ]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("leaf", b"\x00" * 32, "its line is not the one whose hash is kept beside it"),
        ("key", "another", "its key is not the one in its line"),
        ("openings", b"", "its part answer is missing"),
        ("openings", b"\xff\x00", "what is kept of its parts cannot be read"),
        ("line", b"{}", "its line does not have exactly the keys"),
        ("line", b"\xff", "its line is not JSON in UTF-8"),
        ("seq", 7, "entries are missing: 2"),
        ("run_id", uuid.UUID(int=5), "entries are missing: 2"),
    ],
)
def test_every_column_of_an_entry_is_held_to_its_line(
    column: str, value: object, sentence: str
) -> None:
    run = recorded()
    edit(run, 2, **{column: value})
    assert any(sentence in each for each in found(run))


def test_a_text_that_was_changed_is_not_what_the_line_commits_to() -> None:
    run = recorded()
    packed = bytes(LedgerEntry.objects.get(run_id=run, seq=2).openings)
    assert [each.data for each in unpack(packed)] == [b"42"]
    edit(run, 2, openings=packed[:-2] + b"43")
    assert found(run) == ["2: its part answer is not what its line commits to"]


def test_a_text_that_is_gone_without_an_entry_is_found() -> None:
    run = recorded()
    packed = bytes(LedgerEntry.objects.get(run_id=run, seq=2).openings)
    name = packed[: 1 + packed[0]]
    edit(run, 2, openings=name + bytes(32) + b"\x02")
    assert found(run) == ["2: its part answer is gone, and no entry took it away"]


def test_large_texts_are_checked_too() -> None:
    run = recorded()
    LedgerPart.objects.filter(run_id=run).update(data=b"another")
    assert [each.split(" ")[-1] for each in found(run)] == ["hash"]
    LedgerPart.objects.filter(run_id=run).update(inner=bytes(32))
    assert any("the text of its part input is gone" in each for each in found(run))
    assert any("no entry names the text 0000" in each for each in found(run))
    LedgerPart.objects.filter(run_id=run).delete()
    assert found(run) == ["1: the text of its part input is gone"]


def test_a_ledger_that_was_cut_off_or_whose_run_is_held_otherwise_is_found() -> None:
    run = recorded()
    other = make_project("other")
    for changes in ({"size": 3}, {"frontier": b"\x00" * 32}, {"project": other}, {"source": "x"}):
        before = Run.objects.filter(pk=run).values(*changes).get()
        Run.objects.filter(pk=run).update(**changes)
        assert found(run), changes
        Run.objects.filter(pk=run).update(**before)
        assert not found(run)
    LedgerEntry.objects.filter(run_id=run, seq=3).delete()
    assert found(run)[0] == "None: it has 3 entries, and is held to have 4"


def test_the_ledger_of_a_run_whose_row_is_gone_is_found() -> None:
    run = recorded()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM traces_run WHERE id = %s", [run])
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("fsck", "--json", stdout=out)
    told = json.loads(out.getvalue())["differences"]
    assert [(each["run"], each["what"]) for each in told] == [
        (run, "there are entries of it, and no such run is known"),
        (run, "there are texts of it, and no such run is known"),
    ]


def test_rows_that_do_not_follow_from_the_ledger_are_found_and_left_as_they_are() -> None:
    run, out = recorded(), StringIO()
    Node.objects.filter(run_id=run).update(preview="what nobody said")
    with pytest.raises(CommandError):
        call_command("fsck", "--rows", run, stdout=out)
    sentence = "traces_node holds 1 rows that its ledger does not give, and lacks 1 that it gives"
    assert out.getvalue() == f"{run}: {sentence}\n"
    assert Node.objects.get(run_id=run).preview == "what nobody said"


def test_the_nightly_check_goes_on_where_it_was_and_the_health_page_tells(people: People) -> None:
    run, hidden = recorded(), recorded("another")
    for each in (run, hidden):
        edit(each, 1, leaf=bytes(32))
    start_check(now=NIGHT)
    assert start_check(now=NIGHT).id == LedgerCheck.objects.get().id
    for _ in range(3):
        continue_check(seconds=0, read_now=lambda: NIGHT)
    check = LedgerCheck.objects.get()
    assert (check.runs, check.entries, check.differing_runs) == (2, 8, 2)
    assert check.ended_at == NIGHT
    client = Client()
    client.force_login(people.alice)
    page = client.get("/health").content.decode()
    assert 'role="alert"' in page
    assert run in page
    assert hidden not in page
    assert "1 more in projects that you are not in" in page
    metrics = client.get("/metrics").content.decode()
    assert "inspector_ledger_differing_runs 2" in metrics


def test_charlie_who_is_in_no_project_is_told_of_no_run(people: People) -> None:
    edit(recorded(), 1, leaf=bytes(32))
    start_check(now=NIGHT)
    for _ in range(2):
        continue_check(seconds=0, read_now=lambda: NIGHT)
    client = Client()
    assert client.get("/health").status_code == 302
    client.force_login(people.charlie)
    page = client.get("/health").content.decode()
    assert "/runs/0" not in page
