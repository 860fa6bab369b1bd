"""A person reads in their language; what programs read is English, whoever asks."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import translation

from inspector.language import language_of as chosen
from tests.integration.build import ended, new_run, put_on_record, started
from tests.people import People

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}
COMMA = re.compile(r"\d,\d")
LISTS = {"href", "hx-get", "content", "d", "points", "viewbox", "value"}
"""Attributes in which a comma parts numbers."""


class Attributes(HTMLParser):
    """Collects the attributes in which a number has a comma in it."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong += [
            each for each in attrs if each[0] not in LISTS and COMMA.search(each[1] or "")
        ]


@pytest.fixture
def alice(people: People) -> Client:
    client = Client()
    client.force_login(people.alice)
    return client


def language_of(client: Client, address: str = "/", **headers: str) -> str:
    answer = client.get(address, **headers)
    found = re.search(r'<html\s+lang="(\w+)"', answer.content.decode())
    assert found
    assert answer["Content-Language"] == found[1]
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))
    return found[1]


def choose(client: Client, language: str, place: str = "/approvals") -> tuple[int, str]:
    answer = client.post("/language", {"language": language, "next": place})
    return answer.status_code, answer.get("Location", "")


def test_it_works(alice: Client) -> None:
    assert language_of(alice) == "en"
    assert choose(alice, "de") == (303, "/approvals")
    assert language_of(alice) == "de"
    assert "Freigaben" in alice.get("/approvals").content.decode()


def test_the_browser_s_language_is_taken_until_a_person_chooses(alice: Client) -> None:
    assert language_of(alice, **GERMAN) == "de"
    assert language_of(alice, HTTP_ACCEPT_LANGUAGE="fr") == "en"
    choose(alice, "en")
    assert language_of(alice, **GERMAN) == "en"


def test_whoever_is_not_signed_in_chooses_too() -> None:
    client = Client()
    assert choose(client, "de", "/sign-in") == (303, "/sign-in")
    assert "Anmelden" in client.get("/sign-in").content.decode()


def test_looking_changes_nothing(alice: Client) -> None:
    assert alice.get("/language", {"language": "de"}).status_code == 405
    assert language_of(alice) == "en"


def test_a_language_that_is_not_spoken_is_refused(alice: Client) -> None:
    assert choose(alice, "tlh")[0] == 400
    assert choose(alice, "../../etc")[0] == 400
    alice.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../etc/passwd"
    assert language_of(alice) == "en"


def test_nobody_is_led_to_another_host(alice: Client) -> None:
    for place in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""):
        assert choose(alice, "de", place) == (303, "/")


def test_a_request_leaves_no_language_behind(alice: Client) -> None:
    assert language_of(alice, **GERMAN) == "de"
    assert translation.get_language() == "en"


@pytest.mark.parametrize(
    "address",
    ["/api/v1/runs", "/api/v1/runs/nothing", "/api/v1/nothing", "/v1/nothing"],
)
def test_machines_are_answered_in_english(alice: Client, address: str) -> None:
    choose(alice, "de")
    german = alice.get(address, **GERMAN)
    choose(alice, "en")
    english = alice.get(address)
    assert (german.status_code, german.get("Content-Language")) == (english.status_code, None)
    assert german.content == english.content


def test_machines_are_asked_for_no_language(rf: RequestFactory) -> None:
    for address in ("/metrics", "/health/ready", "/otel/v1/traces", "/runs/x/figures/cost.csv"):
        assert chosen(rf.get(address, **GERMAN)) == "en"
    assert chosen(rf.get("/runs/x/figures/cost", **GERMAN)) == "de"


def test_a_spreadsheet_has_one_language(people: People, alice: Client) -> None:
    run = new_run()
    put_on_record(people.project, started(run, "a"), ended(run, "a"))
    address = f"/runs/{run}/figures/timeline.csv"
    assert alice.get(address, **GERMAN).content == alice.get(address).content


def test_numbers_in_attributes_have_no_comma(people: People, alice: Client) -> None:
    run = new_run()
    put_on_record(people.project, started(run, "a"), ended(run, "a"))
    for place in ("", "/timeline", "/figures", "/decision", "/candidates", "/graveyard"):
        parser = Attributes()
        parser.feed(alice.get(f"/runs/{run}{place}", **GERMAN).content.decode())
        assert not parser.wrong
