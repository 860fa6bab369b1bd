"""Exports over the API and by link: who may ask, who may download, and what the answers say."""

from __future__ import annotations

import io
import random
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import AsyncClient, Client

from deliberation.bundle.verdict import Verdict
from tests.integration.api.test_commands import api_of, signed_in
from tests.integration.bundles.exported import recorded_run, verified
from tests.people import People, make_project
from traces.actions.export_bundle import export_next
from traces.models import LedgerEntry
from traces.models.access import Scope
from traces.queries.bundle_links import LINK_SECONDS, make_link
from traces.queries.signer import the_signer


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    bundles = {**settings.STORAGES["bundles"], "OPTIONS": {"location": tmp_path / "bundles"}}
    settings.STORAGES = {**settings.STORAGES, "bundles": bundles}
    return tmp_path


@pytest.fixture
def api(people: People) -> Client:
    return api_of(people.project, Scope.EXPORT)


def ask(client: Client, run: str, **body: Any) -> Any:
    return client.post(
        f"/api/v1/runs/{run}/bundles", {"signed": False, **body}, content_type="application/json"
    )


def get(client: Client, bundle: str, rest: str = "") -> Any:
    return client.get(f"/api/v1/bundles/{bundle}{rest}")


def written(client: Client, run: str, **body: Any) -> Any:
    bundle = ask(client, run, **body).json()["id"]
    assert export_next(clock=time.time_ns, randbytes=random.randbytes, signer=the_signer())
    return get(client, bundle).json()


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_it_works(people: People, api: Client) -> None:
    run = recorded_run()
    answer = ask(api, run)
    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["link"]) == ("waiting", None)
    bundle = answer.json()["id"]
    assert get(api, bundle, "/download").status_code == 404
    export_next(clock=time.time_ns, randbytes=random.randbytes, signer=the_signer())
    shown = get(api, bundle).json()
    assert (shown["status"], shown["run_id"], shown["by"]) == ("ready", run, "key:a-key-of-d")
    sent = get(api, bundle, "/download")
    data = content(sent)
    assert (len(data), sent["Content-Length"]) == (shown["size"], str(shown["size"]))
    report = verified(data)
    assert (report.verdict, report.identity) == (Verdict.UNPINNED, shown["identity"])
    items = api.get(f"/api/v1/runs/{run}/bundles").json()["items"]
    assert [each["id"] for each in items] == [bundle]


def test_what_is_withheld_is_told(people: People, api: Client) -> None:
    withhold = {"parts": ["answer"], "kinds": [], "everything": False, "reason": "not yours"}
    shown = written(api, recorded_run(), withhold=withhold)
    assert shown["withhold"] == withhold
    assert shown["parts"]["withheld"] == 7


@pytest.mark.parametrize(
    "body",
    [
        {"withhold": {"everything": True}},
        {"withhold": {"parts": ["input"], "reason": "x" * 257}},
        {"withhold": {"everything": True, "reason": "\ud800"}},
        {"bundle_id": "no uuid"},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused(people: People, api: Client, body: Any) -> None:
    assert ask(api, recorded_run(), **body).status_code == 422


def test_the_same_id_is_the_same_export(people: People, api: Client) -> None:
    run, name = recorded_run(), str(uuid.uuid4())
    assert [ask(api, run, bundle_id=name).json()["id"] for _ in range(2)] == [name, name]


def test_anothers_id_is_not_told(people: People, api: Client) -> None:
    name = str(uuid.uuid4())
    ask(api, recorded_run(), bundle_id=name)
    other = make_project("other")
    stranger = api_of(other, Scope.EXPORT)
    run = recorded_run(other)
    assert ask(stranger, run, bundle_id=name).status_code == 404


def test_who_may_do_what(people: People) -> None:
    run = recorded_run()
    reader = api_of(people.project, Scope.READ, Scope.CONTROL)
    alice, bob, charlie = map(signed_in, (people.alice, people.bob, people.charlie))
    bundle = written(alice, run)["id"]
    assert [ask(each, run).status_code for each in (Client(), reader, bob, charlie)] == [
        401, 403, 404, 404,
    ]  # fmt: skip
    looking = [get(each, bundle, "/download") for each in (Client(), reader, bob, charlie)]
    assert [each.status_code for each in looking] == [401, 403, 200, 404]
    content(looking[2])
    elsewhere = api_of(make_project("other"), Scope.EXPORT)
    assert get(elsewhere, bundle).status_code == 404


def test_an_export_can_be_cancelled_once(people: People, api: Client) -> None:
    bundle = ask(api, recorded_run()).json()["id"]
    ended = api.post(f"/api/v1/bundles/{bundle}/cancel")
    assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    assert api.post(f"/api/v1/bundles/{bundle}/cancel").status_code == 409


def test_a_link_needs_no_key_and_ends(people: People, api: Client) -> None:
    shown = written(api, recorded_run())
    assert len(content(Client().get(shown["link"]))) == shown["size"]
    old = make_link(uuid.UUID(shown["id"]), now_ns=time.time_ns() - LINK_SECONDS * 10**9)
    changed = shown["link"][:-2] + "xx"
    for path in (old.path, changed, "/bundles/by-link/nothing"):
        answer = Client().get(path)
        assert (answer.status_code, b"leads nowhere" in answer.content) == (404, True)


def test_a_damaged_run_fails_with_the_entry(people: People, api: Client) -> None:
    run = recorded_run()
    LedgerEntry.objects.filter(run_id=run, seq=2).update(leaf=bytes(32))
    shown = written(api, run)
    assert (shown["status"], shown["link"]) == ("failed", None)
    assert "entry 2: its line does not have the hash" in shown["error"]
    assert get(api, shown["id"], "/download").status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_a_server_of_asgi_streams_it(people: People) -> None:
    from asgiref.sync import sync_to_async

    def make() -> dict[str, Any]:
        found: dict[str, Any] = written(signed_in(people.alice), recorded_run())
        return found

    shown = await sync_to_async(make)()
    answer = await AsyncClient().get(shown["link"])
    assert sum([len(each) async for each in answer.streaming_content]) == shown["size"]


def test_the_command_writes_the_same_without_a_browser(db: None, tmp_path: Path) -> None:
    run = recorded_run()
    told = io.StringIO()
    file = tmp_path / "run.zip"
    call_command("export_bundle", run, "--unsigned", "-o", str(file), stdout=told)
    assert verified(file.read_bytes()).identity in told.getvalue()
    assert zipfile.ZipFile(file).testzip() is None


def test_the_command_leaves_no_file_when_it_fails(db: None, tmp_path: Path) -> None:
    run = recorded_run()
    LedgerEntry.objects.filter(run_id=run, seq=2).delete()
    with pytest.raises(CommandError, match="entry 2: is missing"):
        call_command("export_bundle", run, "--unsigned", "-o", str(tmp_path / "run.zip"))
    with pytest.raises(CommandError, match="--reason: say why"):
        call_command(
            "export_bundle", run, "--unsigned", "-o", str(tmp_path / "run.zip"), "--withhold-all"
        )
    with pytest.raises(CommandError, match="there is no run"):
        call_command(
            "export_bundle", str(uuid.uuid4()), "--unsigned", "-o", str(tmp_path / "run.zip")
        )
    assert list(tmp_path.iterdir()) == []
