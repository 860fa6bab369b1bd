"""Who signs, since when, how often, and what hinders it: on a page, in the API and on the command line."""

from __future__ import annotations

import io
import json
import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from deliberation.bundle.keys import read_key
from deliberation.bundle.note import read_checkpoint
from tests.integration.sealing.runs import begin, grow, seal
from tests.integration.sealing.signers import NAME
from tests.people import People
from traces.models import InstanceEntry, InstanceLog, Sealing
from traces.queries.checkpoints import checkpoints_of
from traces.queries.signer import instance_name, public_keys
from traces.signer.ask import SignerAt

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(signer: SignerAt, settings) -> SignerAt:
    """The signer that this installation asks."""
    settings.SIGNER_SOCKET = signer.path
    return signer


def rotate(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_key", *arguments, stdout=out)
    return out.getvalue()


def page_of(person) -> str:
    client = Client()
    client.force_login(person)
    return client.get("/health").text


def told(person, address: str) -> dict:
    client = Client()
    client.force_login(person)
    return client.get(f"/api/v1{address}").json()


def test_it_works(ours, people: People, tmp_path: Path):
    run = begin()
    seal(ours)
    [key] = public_keys()
    assert (instance_name(), read_key(key).name) == (NAME, NAME)
    page = page_of(people.bob)
    assert key in page
    assert "heads" not in page
    assert f"{tmp_path}/signer/keys" in page
    instance = told(people.bob, "/instance")
    assert instance["keys"][0] | {"since": ""} == {
        "key": key,
        "since": "",
        "until": None,
        "signed": 2,
    }
    assert instance["log"]["size"] == InstanceLog.objects.get().size == 3
    assert read_checkpoint(instance["log"]["checkpoint"]).size == 3
    assert (instance["unsigned_runs"], instance["trouble"]) == (0, None)
    [checkpoint] = told(people.bob, f"/runs/{run}/checkpoints")["items"]
    assert [checkpoint["note"]] == checkpoints_of(uuid.UUID(run))
    assert checkpoint["root"] in checkpoint["note"]


def test_a_new_key_signs_beside_the_old_until_the_old_is_retired(ours):
    run = begin()
    seal(ours)
    [old] = map(read_key, public_keys())
    assert "2 signatures" in rotate("--show")
    rotate()
    _, new = map(read_key, public_keys())
    grow(run, 1)
    seal(ours, 20)
    rotate("--retire", old.label)
    grow(run, 1)
    seal(ours, 40)
    signed = [read_checkpoint(n).signers([old, new]) for n in checkpoints_of(uuid.UUID(run))]
    assert signed == [[old], [old, new], [new]]
    kinds = list(InstanceEntry.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == [
        *("run.opened", "key.added", "run.checkpoint", "key.added", "run.checkpoint"),
        *("key.retired", "run.checkpoint"),
    ]
    with pytest.raises(CommandError, match="only key"):
        rotate("--retire", new.label)
    with pytest.raises(CommandError, match="no key nobody"):
        rotate("--retire", "nobody")


def test_what_hinders_signing_is_said_and_costs_nothing_else(
    ours, people: People, settings, tmp_path: Path
):
    run = begin()
    seal(ours)
    grow(run, 1)
    settings.SIGNER_SOCKET = away = tmp_path / "away"
    seal(SignerAt(away), 20)
    page = page_of(people.bob)
    assert "Nothing is signed at present." in page
    assert public_keys()[0] in page
    assert "does not answer" in told(people.bob, "/instance")["trouble"]
    assert told(people.bob, "/instance")["custody"]["place"] is None
    ready = json.loads(
        Client().get("/metrics").text.split("inspector_unsigned_runs ")[-1].split("\n")[0]
    )
    assert ready == 1


def test_a_run_that_is_refused_is_shown_to_those_who_may_see_it(ours, people: People):
    run = begin()
    seal(ours)
    Sealing.objects.filter(pk=run).update(trouble="another root was signed")
    assert "another root was signed" in page_of(people.bob)
    assert "another root was signed" not in page_of(people.charlie)


def test_checkpoints_of_a_strangers_run_are_not_there(ours, people: People):
    run = begin()
    seal(ours)
    for address in (f"/runs/{run}/checkpoints", "/runs/nonsense/checkpoints"):
        client = Client()
        client.force_login(people.charlie)
        assert client.get(f"/api/v1{address}").status_code == 404


def test_checkpoints_are_told_by_pages(ours, people: People):
    run = begin()
    for n in range(4):
        grow(run, 1)
        seal(ours, 20 * n)
    first = told(people.bob, f"/runs/{run}/checkpoints?limit=3")
    assert [each["size"] for each in first["items"]] == [6, 5, 4]
    rest = told(people.bob, f"/runs/{run}/checkpoints?cursor={first['next']}")
    assert [each["size"] for each in rest["items"]] == [3]
    assert rest["next"] is None
