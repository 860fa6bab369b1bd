"""A redacted text is nowhere, the ledger still verifies, and its rows are those that are left without it."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import uuid
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client

from deliberation.bundle.verdict import Verdict
from deliberation.bundle.verify import verify
from deliberation.events import (
    ApprovalRequested,
    CandidateProposed,
    Event,
    NoteWritten,
    PartRedacted,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.events.codec import encode
from deliberation.events.fields import Invalid
from deliberation.events.server_made import read_sent
from deliberation.vocabulary import NodeKind, ObservedState, RedactionRule, VerdictOutcome
from ingest.models import DeadLetter, Import, InboxEntry
from inspector.local.postgres import find_binaries
from tests.integration.audit.everywhere import files_with, tables_with
from tests.integration.build import (
    NOW,
    NOW_NS,
    make_event,
    new_run,
    observed,
    put_on_record,
)
from tests.integration.bundles.exported import exported
from tests.people import People, make_project
from tests.servers import places
from traces.actions.conflict import Conflict
from traces.actions.rebuild import TABLES, rebuild
from traces.actions.redact import Redacted, Redaction, redact
from traces.actions.say import Speech
from traces.models import Bundle, LedgerPart, Node, Removal, Run
from traces.projection.tables import Table
from traces.queries.access import NotAllowed, NotVisible
from traces.queries.bundle_files import bundle_storage
from traces.queries.recheck_run import recheck_run
from traces.queries.same_texts import Place

WORD = "Gruenkohl-7731"
LARGE = f"{WORD} " * 600


def told(run: str) -> list[Event]:
    """A run in which one text stands wherever a text may stand."""
    call: dict[str, Any] = {"node_kind": NodeKind.MODEL_CALL}
    return [
        make_event(RunStarted, run, task=WORD, name=WORD),
        observed(run, "a", input=WORD, output=WORD, reasoning=WORD, error=WORD, name=WORD, **call),
        observed(run, "b", output=LARGE, input=LARGE),
        observed(run, "c", output=LARGE),
        make_event(CandidateProposed, run, node="a", answer=WORD, normalised=WORD),
        make_event(
            VerdictGiven, run, node="a", verifier="v", outcome=VerdictOutcome.REJECT, rationale=WORD
        ),
        make_event(NoteWritten, run, note="n", by="user:alice", text=WORD),
        make_event(
            ApprovalRequested,
            run,
            approval=str(uuid.uuid4()),
            node="a",
            tool="send",
            digest="0" * 64,
            action=WORD,
            needed=1,
            by="key:test",
            asked="reviewer",
            expires_at=NOW_NS,
        ),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=WORD, error=WORD),
    ]


def speech(run: str, ticket: str = "one", by: str = "user:alice") -> Speech:
    return Speech(
        run_id=uuid.UUID(run), by=by, ticket=ticket, now_ns=NOW_NS, randbytes=lambda n: b"r" * n
    )


def take(
    run: str, seq: int, part: str, *, ticket: str = "one", everywhere: bool = True
) -> Redacted:
    asked = Redaction(
        place=Place(seq, part), everywhere=everywhere, rule=RedactionRule.PERSONAL_DATA
    )
    return redact(speech=speech(run, ticket), redaction=asked)


def take_all(run: str) -> None:
    """The word alone, and the large text that repeats it."""
    take(run, 1, "task", ticket="one")
    take(run, 3, "output", ticket="two")


def rows(run: str) -> dict[str, list[Any]]:
    return {table.name: sorted(_rows(table, run), key=repr) for table in TABLES} | {
        "run": list(Run.objects.filter(pk=run).values())
    }


def _rows(table: Table, run: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table.name} WHERE run_id = %s", [run])
        return list(cursor.fetchall())


def test_it_works(people: People) -> None:
    run = new_run()
    put_on_record(people.project, *told(run))
    assert {"traces_ledgerentry", "traces_node", "traces_run", "traces_ledgerpart"} <= {
        name.removesuffix("_other") for name in tables_with(WORD)
    }
    take_all(run)
    assert tables_with(WORD) == []
    assert files_with(WORD) == []
    assert not LedgerPart.objects.filter(run_id=run).exists()
    assert recheck_run(uuid.UUID(run)).differences == []
    bundle, _ = exported(run)
    report = verify(io.BytesIO(bundle))
    assert (report.verdict, report.reason) == (Verdict.UNPINNED, "")
    assert WORD.encode() not in bundle
    before = rows(run)
    rebuild(run_id=uuid.UUID(run))
    assert rows(run) == before


def test_one_text_of_one_entry_goes_and_all_others_stay(people: People) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", output=WORD), observed(run, "b", output=WORD))
    done = take(run, 1, "output", everywhere=False)
    assert (list(done.seqs), list(done.places)) == ([3], [Place(1, "output")])
    assert Node.objects.get(run_id=run, node_id="a").preview is None
    assert Node.objects.get(run_id=run, node_id="b").preview == WORD
    removal = Removal.objects.get(run_id=run)
    assert (removal.entry, removal.part, removal.by, removal.rule) == (
        1,
        "output",
        "user:alice",
        "personal_data",
    )


def test_a_large_text_is_kept_as_long_as_another_entry_has_it(people: People) -> None:
    run = new_run()
    put_on_record(
        people.project, observed(run, "a", output=LARGE), observed(run, "b", output=LARGE)
    )
    take(run, 1, "output", everywhere=False)
    assert LedgerPart.objects.filter(run_id=run).count() == 1
    assert recheck_run(uuid.UUID(run)).differences == []
    take(run, 2, "output", ticket="two", everywhere=False)
    assert not LedgerPart.objects.filter(run_id=run).exists()


def test_the_same_events_again_do_not_bring_the_words_back(people: People) -> None:
    run = new_run()
    events = told(run)
    put_on_record(people.project, *events)
    take_all(run)
    again = put_on_record(people.project, *events)
    assert again.entries == 0
    assert tables_with(WORD) == []


def test_the_same_form_twice_redacts_once_and_another_persons_ticket_is_refused(
    people: People,
) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", output=WORD))
    first, second = take(run, 1, "output"), take(run, 1, "output")
    assert (list(first.seqs), list(second.seqs)) == ([2], [2])
    with pytest.raises(Conflict, match="gone already"):
        take(run, 1, "output", ticket="two")
    asked = Redaction(place=Place(1, "output"), everywhere=True, rule=RedactionRule.SECRET)
    with pytest.raises(Conflict, match="somebody else"):
        redact(speech=speech(run, by="user:bob"), redaction=asked)
    with pytest.raises(NotAllowed):
        redact(speech=speech(run, by="key:abc"), redaction=asked)
    with pytest.raises(NotVisible):
        redact(speech=speech(new_run()), redaction=asked)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_dead_letters_with_the_text_go_too_and_others_stay(people: People, encoding: str) -> None:
    run = new_run()
    text = f'He said "{WORD}" – über alles'
    event = observed(run, "a", output=text)
    put_on_record(people.project, event)
    bodies = [json.dumps(encode(event)), json.dumps(encode(event), ensure_ascii=False), "{}"]
    for body in bodies:
        DeadLetter.objects.create(
            project_id=people.project.pk,
            key_prefix="k",
            signal="events",
            media="ndjson",
            encoding=encoding,
            received_ns=NOW_NS,
            body=gzip.compress(body.encode()) if encoding == "gzip" else body.encode(),
            buried_at=NOW,
            error="no",
        )
    assert take(run, 1, "output").copies == 2
    assert DeadLetter.objects.count() == 1


def test_nothing_is_deleted_while_a_copy_is_still_to_be_recorded(people: People) -> None:
    run = new_run()
    event = observed(run, "a", output=WORD)
    put_on_record(people.project, event)
    waiting = InboxEntry.objects.create(
        project_id=people.project.pk,
        key_prefix="k",
        signal="events",
        media="ndjson",
        encoding="identity",
        received_ns=NOW_NS,
        body=json.dumps(encode(event)).encode(),
    )
    with pytest.raises(Conflict, match="waits to be recorded"):
        take(run, 1, "output")
    assert Removal.objects.count() == 0
    assert Node.objects.get().preview == WORD
    waiting.delete()
    reading = Import.objects.create(
        project_id=people.project.pk, by="alice", title="f", files=1, size=1, uploaded_ns=NOW_NS
    )
    with pytest.raises(Conflict, match="being imported"):
        take(run, 1, "output")
    reading.delete()
    take(run, 1, "output")


def test_bundles_of_the_run_that_lie_here_are_withdrawn(
    people: People, django_capture_on_commit_callbacks: Any
) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", output=WORD))
    name = bundle_storage().save("canary.zip", ContentFile(WORD.encode()))
    row = Bundle(id=uuid.uuid4(), project=people.project, run_id=run, by="user:alice", file=name)
    row.options, row.asked_ns, row.status = {}, NOW_NS, "writing"
    row.save()
    with pytest.raises(Conflict, match="bundle of this run is being written"):
        take(run, 1, "output")
    Bundle.objects.update(status="ready")
    assert [path.rpartition("/")[2] for path in files_with(WORD)] == [name]
    with django_capture_on_commit_callbacks(execute=True):
        assert take(run, 1, "output").copies == 1
    assert files_with(WORD) == []
    assert Bundle.objects.get().status == "expired"


def test_no_sender_may_say_that_a_text_was_redacted() -> None:
    event = make_event(
        PartRedacted, new_run(), entry=1, part="output", by="user:x", rule=RedactionRule.OTHER
    )
    with pytest.raises(Invalid, match="the server's own"):
        read_sent(json.dumps(encode(event)).encode())


def test_pages_say_who_deleted_it_when_and_by_what_rule(people: People, client: Client) -> None:
    run = new_run()
    put_on_record(
        people.project,
        observed(run, "a", input=WORD, output=WORD, node_kind=NodeKind.MODEL_CALL),
        observed(run, "b", output=LARGE),
    )
    client.force_login(people.alice)
    entries = client.get(f"/runs/{run}/entries/a").content.decode()
    assert f"/runs/{run}/retention?entry=1&amp;part=output" in entries
    form = client.get(f"/runs/{run}/retention?entry=1&part=output").content.decode()
    assert WORD in form
    assert "1 more place" in form
    sent = {"act": "redact", "entry": "1", "part": "output", "everywhere": "yes", "ticket": "t"}
    assert client.post(f"/runs/{run}/retention", sent).status_code == 400
    sent |= {"rule": "personal_data", "basis": "Art. 17", "reason": "she asked"}
    assert client.post(f"/runs/{run}/retention", sent).status_code == 303
    page = client.get(f"/runs/{run}/retention").content.decode()
    for words in ("output of entry 1", "input of entry 1", "alice", "personal data", "Art. 17"):
        assert words in page
    panel = client.get(f"/runs/{run}/nodes/a").content.decode()
    assert "redacted by alice on" in panel
    for address in ("", "/nodes/a", "/entries/a", "/playback/rows?nodes=1", "/retention"):
        assert WORD not in client.get(f"/runs/{run}{address}").content.decode()
    assert client.get(f"/runs/{run}/retention?entry=1&part=output").status_code == 404


def test_the_api_redacts_for_owners_alone(people: People, client: Client) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", output=WORD))
    address = f"/api/v1/runs/{run}/redactions"
    asked = {"entry": 1, "part": "output", "rule": "secret", "redaction_id": "r"}

    def post(**changes: Any) -> Any:
        return client.post(address, json.dumps(asked | changes), content_type="application/json")

    assert post().status_code == 401
    client.force_login(people.charlie)
    assert post().status_code == 404
    client.force_login(people.bob)
    assert post().status_code == 403
    assert client.post(f"/runs/{run}/retention", {"entry": 1, "part": "x"}).status_code == 403
    client.force_login(people.alice)
    assert post(part="nothing").status_code == 422
    assert post(entry=99).status_code == 422
    answer = post()
    assert answer.status_code == 201, answer.content
    assert answer.json() == {
        "entries": [2],
        "places": [{"entry": 1, "part": "output"}],
        "copies": 0,
    }
    assert post(redaction_id="s").status_code == 409
    [row] = client.get(address).json()["items"]
    assert (row["kind"], row["entry"], row["rule"]) == ("redacted", 1, "secret")
    events = client.get(f"/api/v1/runs/{run}/events?after=0&limit=1").json()["items"]
    assert events[0]["parts"][0]["redacted"] is True


@pytest.mark.django_db(transaction=True)
def test_a_dump_of_the_database_does_not_hold_the_words() -> None:
    run = new_run()
    put_on_record(make_project(), *told(run))
    assert WORD.encode() in dumped() or WORD.encode().hex().encode() in dumped()
    take_all(run)
    after = dumped()
    assert run.encode() in after
    assert WORD.encode() not in after
    assert WORD.encode().hex().encode() not in after


def dumped() -> bytes:
    """All of the test database, as text."""
    program = find_binaries(places().account) / "pg_dump"
    given = connection.get_connection_params()
    options = ["-h", given["host"], "-U", given["user"], "-d", given["dbname"]]
    done = subprocess.run([program, *options], capture_output=True, check=True)
    return done.stdout
