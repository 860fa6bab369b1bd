"""An empty list tells how to send a first run, with the address and, where that may be shown, the key."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.integration.build import NOW
from tests.people import People
from traces.actions.set_up_local import make_key
from traces.models import ApiKey
from traces.models.access import Scope

KEY = "ins_the-real-one"
LINES = re.compile(r'<pre id="lines-(\w+)"[^>]*>(.*?)</pre>', re.DOTALL)


def told(people: People, name: str, host: str = "testserver") -> str:
    client = Client()
    client.force_login(getattr(people, name))
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def local(people: People, settings: Any, tmp_path: Path) -> People:
    """This machine's own instance, whose administrator is alice."""
    settings.LOCAL_SIGN_IN_TOKEN = "token"
    settings.DATA_DIR = tmp_path
    (tmp_path / "local.env").write_text(f"INSPECTOR_URL=http://x\nINSPECTOR_KEY={KEY}\n")
    make_key(project=people.project, name="local", key=KEY, scopes=[Scope.INGEST], now=NOW)
    get_user_model().objects.filter(username="alice").update(is_staff=True)
    return people


def test_it_works(local: People) -> None:
    lines = dict(LINES.findall(told(local, "alice")))
    assert lines.keys() == {"python", "otel", "curl"}
    assert f"export INSPECTOR_URL=http://testserver INSPECTOR_KEY={KEY}" in lines["python"]
    assert f"OTLP_HEADERS=authorization=Bearer%20{KEY}" in lines["otel"]
    assert f"Bearer {KEY}" in lines["curl"].replace("&#x27;", "'")
    for said in lines.values():
        assert shlex.split(said)  # quotes that a shell could not close would raise


def test_the_key_is_shown_to_nobody_but_the_local_administrator(local: People) -> None:
    for name in ("bob", "charlie"):
        assert KEY not in told(local, name)


def test_elsewhere_an_owner_is_led_to_make_a_key_and_its_place_is_marked(people: People) -> None:
    html = told(people, "alice")
    assert '<a href="/projects/default/keys">Make a key</a>' in html
    assert html.count("<mark>YOUR-KEY</mark>") == 4
    assert "http://testserver/v1/traces" in html


def test_others_are_told_who_makes_keys(people: People) -> None:
    html = told(people, "bob")
    assert "An owner of a project makes a key" in html
    assert "Make a key" not in html


def test_a_key_that_was_ended_is_not_shown_as_if_it_worked(local: People) -> None:
    key = ApiKey.objects.get(name="local")
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=NOW)
    html = told(local, "alice")
    assert KEY not in html
    assert "YOUR-KEY" in html
