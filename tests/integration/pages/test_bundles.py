"""The pages of audit bundles: asking, watching, having, handing on; and where an imported run comes from."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.integration.api.test_commands import signed_in
from tests.integration.bundles.exported import recorded_run, verified
from tests.people import People
from traces.actions.export_bundle import export_next
from traces.actions.import_bundle import ToImport, import_bundle
from traces.models import Bundle
from traces.queries.signer import the_signer

GOLDEN = Path(__file__).parents[2] / "golden" / "bundles" / "v1-one-run.zip"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    bundles = {**settings.STORAGES["bundles"], "OPTIONS": {"location": tmp_path / "bundles"}}
    settings.STORAGES = {**settings.STORAGES, "bundles": bundles}


def ask(client: Client, run: str, **sent: Any) -> Any:
    page = client.get(f"/runs/{run}/bundles").content.decode()
    found = re.search('name="bundle_id" value="([^"]+)"', page)
    ticket = found[1] if found else ""
    return client.post(f"/runs/{run}/bundles", {"bundle_id": ticket, "derived": "yes", **sent})


def write() -> None:
    assert export_next(clock=time.time_ns, randbytes=random.randbytes, signer=the_signer())


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_works(people: People) -> None:
    run, alice = recorded_run(), signed_in(people.alice)
    assert ask(alice, run).status_code == 303
    assert "waiting" in shown(alice, f"/runs/{run}/bundles")
    assert 'hx-trigger="every 1s"' in shown(alice, f"/runs/{run}/bundles/list")
    write()
    page = shown(alice, f"/runs/{run}/bundles/list")
    bundle = Bundle.objects.get()
    assert "hx-trigger" not in page
    assert bundle.identity in page
    data = b"".join(alice.get(f"/bundles/{bundle.pk}/download").streaming_content)
    assert verified(data).identity == bundle.identity
    assert bundle.identity in shown(alice, "/bundles")


def test_what_is_withheld_is_chosen_with_a_reason(people: People) -> None:
    run, alice = recorded_run(), signed_in(people.alice)
    refused = ask(alice, run, texts="none")
    assert refused.status_code == 400
    assert b"say why, in 1 to 256 characters" in refused.content
    assert b"tick what is withheld" in ask(alice, run, texts="some", reason="x").content
    ask(alice, run, texts="some", part=["answer", "output"], notes="yes", reason="not yours")
    options = Bundle.objects.get().options
    assert options["parts"] == ["answer", "output"]
    assert options["kinds"] == ["note.revised", "note.written", "run.signed_off"]
    assert (options["reason"], options["signed"]) == ("not yours", False)


def test_the_same_form_twice_is_one_export(people: People) -> None:
    run, alice = recorded_run(), signed_in(people.alice)
    sent = {"bundle_id": "0190c0de-0000-7000-8000-000000000001"}
    for _ in range(2):
        assert alice.post(f"/runs/{run}/bundles", sent).status_code == 303
    assert Bundle.objects.count() == 1


def test_an_export_is_cancelled_and_a_ready_one_is_shared(people: People) -> None:
    run, alice = recorded_run(), signed_in(people.alice)
    ask(alice, run)
    first = Bundle.objects.get()
    assert alice.post(f"/bundles/{first.pk}/link").status_code == 404
    assert alice.post(f"/bundles/{first.pk}/cancel").status_code == 303
    assert "cancelled" in shown(alice, f"/runs/{run}/bundles")
    ask(alice, run)
    write()
    ready = Bundle.objects.get(status="ready")
    page = alice.post(f"/bundles/{ready.pk}/link").content.decode()
    link = re.search("http://testserver(/bundles/by-link/[^<]+)", page)
    assert link is not None
    assert Client().get(link[1]).status_code == 200


def test_who_may_do_what(people: People) -> None:
    run = recorded_run()
    alice, bob, charlie = map(signed_in, (people.alice, people.bob, people.charlie))
    ask(alice, run)
    bundle = Bundle.objects.get()
    assert "you may download" in shown(bob, f"/runs/{run}/bundles")
    assert ask(bob, run).status_code == 403
    assert bob.post(f"/bundles/{bundle.pk}/cancel").status_code == 404
    write()
    assert bob.get(f"/bundles/{bundle.pk}/download").status_code == 200
    for path in (f"/runs/{run}/bundles", f"/bundles/{bundle.pk}/download"):
        assert charlie.get(path).status_code == 404
        assert Client().get(path).status_code == 302
    assert str(bundle.pk) not in shown(charlie, "/bundles")
    assert alice.get(f"/bundles/{bundle.pk}/cancel").status_code == 405


def test_a_foreign_run_says_where_it_comes_from_and_what_is_not_proven(people: People) -> None:
    with GOLDEN.open("rb") as file:
        given = ToImport(file=file, project=people.project.pk, by="user:alice")
        [run] = import_bundle(given, now_ns=time.time_ns()).runs
    alice = signed_in(people.alice)
    page = shown(alice, f"/runs/{run.run}/bundles")
    for words in ("inspector.example", "UNPINNED", "What is not proven", "name a key with --trust"):
        assert words in page, words
    assert "recorded by another installation" in shown(alice, f"/runs/{run.run}")
    refused = alice.post(f"/runs/{run.run}/notes", {"text": "hello", "ticket": "t1"})
    assert refused.status_code == 403


def test_what_a_foreign_run_refuses_is_not_offered(people: People) -> None:
    with GOLDEN.open("rb") as file:
        given = ToImport(file=file, project=people.project.pk, by="user:alice")
        [run] = import_bundle(given, now_ns=time.time_ns()).runs
    alice = signed_in(people.alice)
    page = shown(alice, f"/runs/{run.run}")
    for words in ("Tag and rate", "Sign off…", "Set the strategy", f"/runs/{run.run}/control/"):
        assert words not in page, words
    for path in ("notes", "sign-off", "review"):
        page = shown(alice, f"/runs/{run.run}/{path}")
        assert "stands as it came" in page
        assert f'method="post" action="/runs/{run.run}/' not in page
    node = alice.get(f"/runs/{run.run}/node-notes/n0", headers={"HX-Request": "true"}).text
    assert "<form" not in node
    for path, sent in (("strategy", {"strategy": "beam", "reason": "x"}), ("sign-off", {})):
        assert alice.post(f"/runs/{run.run}/{path}", sent).status_code == 403
