"""Uploading files: who may, what is refused, and where the files lie until they are read."""

from __future__ import annotations

import errno
import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from deliberation.ids import make_run_id
from ingest.models import Import
from ingest.uploads import receive, views
from ingest.uploads.read import read_next
from tests.integration.build import NOW_NS
from tests.people import People, make_person, make_project
from traces.models import ForeignRun, Run
from traces.models.access import Membership, Role

GOLDEN = Path(__file__).parents[2] / "golden" / "bundles"
SAMPLES = {"prompt": "def one():\n", "samples": ["    return 1"]}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def client_of(people: People, name: str, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(getattr(people, name))
    return client


def log(name: str = "log.jsonl", text: str | None = None) -> SimpleUploadedFile:
    content = json.dumps(SAMPLES) if text is None else text
    return SimpleUploadedFile(name, content.encode())


def lying(data: Path) -> list[str]:
    """The paths of uploaded files, without the import's own folder."""
    root = data / "uploads"
    found = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    return sorted("/".join(path.parts[1:]) for path in found)


def test_it_works(people: People, data: Path) -> None:
    alice = client_of(people, "alice")
    answer = alice.post("/import", {"files": [log(), log("b.jsonl")]})
    row = Import.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/import/{row.pk}")
    assert (row.state, row.by, row.files, row.project_id) == (
        "waiting",
        "alice",
        2,
        people.project.pk,
    )
    assert (row.title, row.size) == ("log.jsonl and 1 other", 2 * len(json.dumps(SAMPLES)))
    assert lying(data) == ["files/b.jsonl", "files/log.jsonl"]
    assert "A worker takes it in a moment." in alice.get(answer["Location"]).text
    assert "log.jsonl and 1 other" in alice.get("/import").text


def test_only_who_may_write_in_a_project_imports_into_it(people: People, data: Path) -> None:
    for name in ("bob", "charlie"):
        client = client_of(people, name)
        assert "needs the role operator or owner" in client.get("/import").text
        answer = client.post("/import", {"files": log(), "project": "default"})
        assert answer.status_code == 404
    make_person("olga", project=people.project, role=Role.OPERATOR)
    assert not Import.objects.exists()
    assert lying(data) == []


def test_the_role_in_one_project_is_none_in_another(people: People, data: Path) -> None:
    other = make_project("other")
    alice = client_of(people, "alice")
    assert alice.post("/import", {"files": log(), "project": "other"}).status_code == 404
    Membership.objects.create(project=other, user_id=people.alice.pk, role=Role.OPERATOR)
    assert alice.post("/import", {"files": log()}).status_code == 404  # which of the two?
    assert alice.post("/import", {"files": log(), "project": "other"}).status_code == 303
    assert Import.objects.get().project_id == other.pk


def test_charlie_sees_neither_an_import_nor_that_it_is_there(people: People) -> None:
    client_of(people, "alice").post("/import", {"files": log("secret.jsonl")})
    import_id = Import.objects.get().pk
    charlie = client_of(people, "charlie")
    assert "secret" not in charlie.get("/import").text
    for name in ("import", "import-progress"):
        assert charlie.get(reverse(name, args=[import_id])).status_code == 404
        assert charlie.get(reverse(name, args=[uuid.uuid4()])).status_code == 404
        assert client_of(people, "bob").get(reverse(name, args=[import_id])).status_code == 200


def test_who_is_signed_out_is_sent_to_sign_in(people: People, data: Path) -> None:
    client = Client()
    assert client.get("/import")["Location"] == "/sign-in?next=/import"
    assert client.post("/import", {"files": log()})["Location"] == "/sign-in?next=/import"
    assert client.get(reverse("import", args=[uuid.uuid4()])).status_code == 302
    assert lying(data) == []


def test_a_form_from_elsewhere_is_refused_and_leaves_nothing(people: People, data: Path) -> None:
    alice = client_of(people, "alice", enforce_csrf_checks=True)
    assert alice.post("/import", {"files": log()}).status_code == 403
    assert lying(data) == []
    page = alice.get("/import")
    token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    answer = alice.post("/import", {"csrfmiddlewaretoken": token, "files": log()})
    assert answer.status_code == 303


def test_reading_a_page_changes_nothing_and_pieces_are_only_read(people: People) -> None:
    alice = client_of(people, "alice")
    alice.post("/import", {"files": log()})
    before = Import.objects.values().get()
    for name in ("import", "import-progress"):
        address = reverse(name, args=[before["id"]])
        alice.get(address)
        assert alice.post(address).status_code == 405
    alice.get("/import")
    assert alice.put("/import").status_code == 405
    assert Import.objects.values().get() == before


def test_no_file_is_a_sentence(people: People) -> None:
    answer = client_of(people, "alice").post("/import", {"format": ""})
    assert (answer.status_code, views.NOTHING_CHOSEN in answer.text) == (400, True)


def test_too_much_is_a_sentence_and_leaves_nothing(
    people: People, data: Path, settings: Any
) -> None:
    settings.MAX_UPLOAD_BYTES = 50
    answer = client_of(people, "alice").post("/import", {"files": [log(), log("b.jsonl")]})
    assert (answer.status_code, views.TOO_LARGE.format(0) in answer.text) == (413, True)
    assert not Import.objects.exists()
    assert lying(data) == []


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    people: People, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Any, raw_data: bytes, start: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(receive.IntoFolder, "receive_data_chunk", full)
    answer = client_of(people, "alice").post("/import", {"files": log()})
    assert (answer.status_code, "No space left on device" in answer.text) == (507, True)
    assert lying(data) == []


def test_a_folder_keeps_its_paths(people: People, data: Path) -> None:
    paths = ["run/game24/a.json", "run/SOURCE.txt"]
    client_of(people, "alice").post(
        "/import", {"folder": [log("a.json"), log("SOURCE.txt")], "paths": json.dumps(paths)}
    )
    assert lying(data) == ["files/run/SOURCE.txt", "files/run/game24/a.json"]
    assert Import.objects.get().title == "run/"


@pytest.mark.parametrize("paths", ["", "[", "7", '["one"]', "[1, 2]", '{"a": 1}', "[" * 5_000])
def test_paths_that_do_not_fit_the_files_are_not_believed(
    people: People, data: Path, paths: str
) -> None:
    client_of(people, "alice").post(
        "/import", {"folder": [log("a.json"), log("b.json")], "paths": paths}
    )
    assert lying(data) == ["files/a.json", "files/b.json"]


def test_a_path_leads_nowhere_else(people: People, data: Path) -> None:
    paths = ["../../../../../tmp/evil", "/etc/passwd"]
    client_of(people, "alice").post(
        "/import", {"folder": [log("a"), log("b")], "paths": json.dumps(paths)}
    )
    assert lying(data) == ["files/etc/passwd", "files/tmp/evil"]


def test_an_unknown_format_is_as_none(people: People) -> None:
    client_of(people, "alice").post("/import", {"files": log(), "format": "word"})
    assert Import.objects.get().format is None


def test_names_of_others_are_escaped_and_visible(people: People) -> None:
    name = "<img src=x>\u202egnp.jsonl"
    client_of(people, "alice").post("/import", {"files": log(name)})
    import_id = Import.objects.get().pk
    for address in ("/import", reverse("import", args=[import_id])):
        page = client_of(people, "bob").get(address).text
        assert "<img" not in page
        assert "\u202e" not in page


def test_the_welcome_and_the_navigation_lead_here(people: People) -> None:
    page = client_of(people, "alice").get("/").text
    assert page.count('href="/import"') == 2


def test_runs_without_a_name_or_a_question_are_listed_too(people: People) -> None:
    alice = client_of(people, "alice")
    alice.post("/import", {"files": log()})
    row = Import.objects.get()
    traced, told = (
        Run.objects.create(
            id=make_run_id(1, os.urandom),
            project=people.project,
            source="import",
            trace_id=known_by,
        )
        for known_by in ("ab" * 16, "import:" + "cd" * 16)
    )
    Import.objects.update(
        state="done", runs=[str(traced.pk), str(told.pk)], run_count=2, ended_ns=1
    )
    page = alice.get(f"/import/{row.pk}").content.decode()
    assert "trace abab" in page
    assert "unnamed run" in page
    assert "cd" * 8 not in page


def bundle() -> SimpleUploadedFile:
    return SimpleUploadedFile("b.zip", (GOLDEN / "v1-two-runs.zip").read_bytes())


def test_what_one_knows_of_a_bundle_from_elsewhere_comes_with_it(people: People) -> None:
    alice = client_of(people, "alice")
    known = {
        "trust": (GOLDEN / "key.txt").read_text(),
        "known_heads": (GOLDEN / "heads.txt").read_text(),
    }
    place = alice.post("/import", {"files": bundle(), **known})["Location"]
    assert read_next(clock=lambda: NOW_NS, randbytes=os.urandom)
    assert Import.objects.get().error is None
    assert {run.verdict for run in ForeignRun.objects.all()} == {"VERIFIED"}
    assert "VERIFIED" in alice.get(place).text


def test_a_bundle_that_contradicts_a_head_of_ones_own_is_refused(people: People) -> None:
    run, size, _ = (GOLDEN / "heads.txt").read_text().splitlines()[0].split()
    head = f"{run} {size} {'A' * 43}="
    client_of(people, "alice").post("/import", {"files": bundle(), "known_heads": head})
    assert read_next(clock=lambda: NOW_NS, randbytes=os.urandom)
    assert str(Import.objects.get().error).startswith("DIVERGED")
    assert not ForeignRun.objects.exists()


@pytest.mark.parametrize("field", ["trust", "known_heads"])
def test_what_is_no_key_and_no_head_is_refused_with_the_form_as_it_was(
    people: People, data: Path, field: str
) -> None:
    answer = client_of(people, "alice").post("/import", {"files": bundle(), field: "<none>"})
    assert answer.status_code == 400
    assert "&lt;none&gt;</textarea>" in answer.text
    assert lying(data) == []
