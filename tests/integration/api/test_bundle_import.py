"""Bundles that are sent: refused with the verifier's reason at once, or taken and read by a worker."""

from __future__ import annotations

import os
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ingest.bundles import receive
from ingest.models import Import
from ingest.uploads.places import uploads_folder
from ingest.uploads.read import read_next
from tests.bundles.signer import OPERATOR, STRANGER
from tests.bundles.story import RUN, tell_story
from tests.integration.api.test_commands import api_of, signed_in
from tests.people import People
from traces.models import ForeignRun, Run
from traces.models.access import Scope

BUNDLE = (Path(__file__).parents[2] / "golden" / "bundles" / "v1-one-run.zip").read_bytes()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def api(people: People) -> Client:
    return api_of(people.project, Scope.INGEST)


def send(client: Client, data: bytes = BUNDLE, **query: Any) -> Any:
    return client.post(
        "/api/v1/bundles/import", data, content_type="application/zip", query_params=query
    )


def left() -> list[Path]:
    return list(uploads_folder().iterdir())


def read() -> None:
    assert read_next(clock=time.time_ns, randbytes=os.urandom)


def test_it_works(people: People, api: Client) -> None:
    answer = send(api, trust=OPERATOR.line)
    assert (answer.status_code, answer.json()["status"]) == (202, "waiting")
    read()
    shown = api.get(f"/api/v1/bundles/import/{answer.json()['id']}").json()
    assert (shown["status"], shown["error"]) == ("imported", None)
    assert Run.objects.get(pk=shown["runs"][0]).source == "bundle"
    assert left() == []


def test_a_form_of_a_browser_or_curl_will_do(people: People) -> None:
    file = SimpleUploadedFile("b.zip", BUNDLE)
    answer = signed_in(people.alice).post("/api/v1/bundles/import", {"file": file})
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("sent", "query", "reason"),
    [
        (BUNDLE[:-30], {}, "INVALID: not a readable zip"),
        (BUNDLE[:2_000] + b"x" + BUNDLE[2_001:], {}, "INVALID"),
        (b"", {}, "INVALID"),
        (BUNDLE, {"trust": STRANGER.line}, "has no signature by a key that you named"),
        (BUNDLE, {"trust": "no key"}, "trust: a key is written"),
    ],
)
def test_what_is_invalid_is_refused_with_the_reason(
    people: People, api: Client, sent: bytes, query: Any, reason: str
) -> None:
    answer = send(api, sent, **query)
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]
    assert (left(), Import.objects.count()) == ([], 0)


def head(size: int, root: bytes) -> str:
    return f"{RUN} {size} {b64encode(root).decode()}"


def test_a_head_that_was_kept_is_held_against_it(people: People, api: Client) -> None:
    story = tell_story()
    kept = head(len(story.entries), story.root())
    forged = send(api, known_head=head(5, bytes(32)))
    assert (forged.status_code, forged.json()["detail"][:8]) == (422, "DIVERGED")
    assert "not a head" in send(api, known_head="no head").json()["detail"]
    assert (left(), Import.objects.count()) == ([], 0)
    assert send(api, trust=OPERATOR.line, known_head=kept).status_code == 202
    read()
    assert ForeignRun.objects.get(pk=RUN).verdict == "VERIFIED"


def test_the_worker_holds_a_kept_head_against_a_large_one(
    people: People, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "AT_ONCE_BYTES", 1)
    sent = send(api, known_head=head(5, bytes(32)))
    assert sent.status_code == 202
    read()
    shown = api.get(f"/api/v1/bundles/import/{sent.json()['id']}").json()
    assert shown["error"].startswith("DIVERGED")


def test_more_than_is_taken_is_refused_while_it_is_written(
    people: People, api: Client, settings: Any
) -> None:
    settings.MAX_UPLOAD_BYTES = len(BUNDLE) - 1
    answer = send(api)
    assert (answer.status_code, "UPLOAD_MB" in answer.json()["detail"]) == (413, True)
    assert (left(), Import.objects.count()) == ([], 0)
    settings.MAX_UPLOAD_BYTES = len(BUNDLE)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    assert send(api).status_code == 202


def test_a_large_one_is_refused_by_the_worker(
    people: People, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "AT_ONCE_BYTES", 1)
    cut = BUNDLE.replace(b"data/evidence", b"data/evidense", 1)
    sent = send(api, cut)
    assert sent.status_code == 202
    read()
    shown = api.get(f"/api/v1/bundles/import/{sent.json()['id']}").json()
    assert shown["status"] == "refused"
    assert shown["error"].startswith("INVALID")
    assert not Run.objects.exists()


def test_who_may_do_what(people: People, api: Client) -> None:
    reader = api_of(people.project, Scope.READ, Scope.EXPORT)
    asked = [send(each).status_code for each in (Client(), reader, signed_in(people.bob))]
    assert asked == [401, 403, 404]
    assert send(signed_in(people.alice)).status_code == 202
    assert send(api, project="nowhere").status_code == 404


def test_a_bundle_among_the_uploads_is_known_as_one(people: People) -> None:
    alice = signed_in(people.alice)
    alice.post("/import", {"files": SimpleUploadedFile("b.zip", BUNDLE)})
    read()
    row = Import.objects.get()
    assert (row.state, row.formats) == ("done", {"audit bundle": 1})
