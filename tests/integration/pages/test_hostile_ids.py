"""Node ids are words of others: whatever they look like, their address is theirs and no other page's."""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.integration.build import new_run, observed, put_on_record
from tests.people import People

HOSTILE = [
    "../../../../api/v1/docs",
    "..",
    ".",
    "a/b/../c",
    "%2e%2e",
    "100%",
    "%252F",
    "?full=output#x",
    "javascript:alert(1)",
    "\\..\\..",
    "☃//x",
]


@pytest.mark.parametrize("node", HOSTILE)
def test_it_works(people: People, node: str) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, node, name="the hostile one"))
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    address = reverse("node", args=[run, node])
    asked = urlsplit(urljoin("http://testserver/", address)).path
    assert asked == address
    assert not {".", ".."} & {unquote(part) for part in address.split("/")}
    assert "the hostile one" in client.get(address).text


def test_an_address_written_by_hand_may_hold_slashes(people: People) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a/b", name="the slashed one"))
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    assert "the slashed one" in client.get(f"/runs/{run}/nodes/a/b").text
