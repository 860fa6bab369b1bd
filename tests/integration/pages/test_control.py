"""The control bar of a run's page, and asking something of a run without a script."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.vocabulary import CommandKind
from tests.integration.control.acts import ask, beat, live_run, stage
from tests.people import People, make_person
from traces.models import Command, Hold, Run
from traces.models.access import Role


@pytest.fixture
def alice(people: People) -> Client:
    return signed_in(people.alice)


def signed_in(person: object) -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(person)  # type: ignore[arg-type]
    return client


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def address(run: str, kind: str = "") -> str:
    return reverse("run-command", args=[run, kind]) if kind else reverse("run-control", args=[run])


def filled_in(page: str, **typed: str) -> dict[str, str]:
    """The form as a browser would send it: hidden fields as they stand, and what was typed."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return {name: unescape(value) for name, value in hidden.items()} | typed


def test_it_works(people: People, alice: Client) -> None:
    run = live_run()
    page = alice.get(reverse("run", args=[run])).text
    assert address(run, "stop") in page
    form = alice.get(address(run, "stop")).text
    assert "It cannot be undone." in text_of(form)
    answer = alice.post(address(run, "stop"), filled_in(form, reason="it spends too much"))
    assert (answer.status_code, answer["Location"]) == (303, f"/runs/{run}#control")
    command = Command.objects.get(run_id=run)
    assert (command.kind, command.by, command.reason, command.seen_seq) == (
        "stop",
        "user:alice",
        "it spends too much",
        Run.objects.get(pk=run).size - 2,
    )
    said = text_of(alice.get(address(run)).text)
    assert "Asked stop Observed running" in said
    assert "it spends too much" in said


def test_what_is_sent_twice_is_one_command(people: People, alice: Client) -> None:
    run = live_run()
    sent = filled_in(alice.get(address(run, "pause")).text, reason="look")
    for _ in range(2):
        assert alice.post(address(run, "pause"), sent).status_code == 303
    assert Command.objects.filter(run_id=run).count() == 1


def test_the_history_says_how_long_each_stage_took(people: People, alice: Client) -> None:
    run = live_run()
    ask(run, "stop", "c1", reason="enough")
    stage(run, "c1", "delivered", now=0.012)
    stage(run, "c1", "acknowledged", now=0.02)
    stage(run, "c1", "applied", now=1.5, detail="left the loop")
    said = text_of(alice.get(address(run)).text)
    assert "+12 ms +20 ms +1.5 s" in said
    assert "left the loop" in said


def test_whoever_loses_is_shown_who_won(people: People, alice: Client) -> None:
    run = live_run()
    form = filled_in(alice.get(address(run, "stop")).text)
    ask(run, "stop", "first", by="user:olga", reason="I was faster")
    answer = alice.post(address(run, "stop"), form)
    assert answer.status_code == 409
    said = text_of(answer.text)
    assert "user:olga" in said
    assert "I was faster" in said


def test_a_hold_is_lifted_by_its_own_link(people: People, alice: Client) -> None:
    run = live_run()
    ask(run, "pause", "c1", by="user:olga", reason="one")
    ask(run, "pause", "c2", by="user:olga", reason="two")
    first = Hold.objects.get(run_id=run, reason="one")
    page = alice.get(address(run)).text
    link = f"{address(run, 'resume')}?hold={first.hold_id}"
    assert link.replace(":", "%3A") in page or link in page
    form = alice.get(link).text
    assert "1 more holds it" in text_of(form)
    assert alice.post(address(run, "resume"), filled_in(form)).status_code == 303
    assert list(Hold.objects.filter(run_id=run, is_open=True).values_list("reason")) == [("two",)]


def test_a_message_to_the_program_is_needed_to_steer(people: People, alice: Client) -> None:
    run = live_run()
    form = alice.get(address(run, "steer")).text
    refused = alice.post(address(run, "steer"), filled_in(form, message=" "))
    assert refused.status_code == 400
    assert "say something to the program" in text_of(refused.text)
    sent = alice.post(address(run, "steer"), filled_in(form, message="<b>left</b>"))
    assert sent.status_code == 303
    page = alice.get(address(run)).text
    assert "<b>left" not in page
    assert "“<b>left</b>”" in unescape(page)


def test_the_page_says_who_listens(people: People, alice: Client) -> None:
    run = live_run()
    assert "No process has said that it listens" in text_of(alice.get(address(run)).text)
    beat(run, holder="worker-7")
    # The lease of these tests began long ago by the database's clock.
    assert "Nothing was heard of worker-7" in text_of(alice.get(address(run)).text)


def test_what_cannot_be_asked_now_says_why(people: People, alice: Client) -> None:
    run = live_run()
    page = alice.get(address(run)).text
    assert address(run, "kill") not in page
    assert "no supervisor owns its process" in page
    form = text_of(alice.get(address(run, "kill")).text)
    assert "It cannot be asked now: no supervisor owns its process" in form


def test_a_run_that_ended_unasked_has_no_bar(people: People, alice: Client) -> None:
    run = live_run("completed")
    assert 'id="control"' not in alice.get(reverse("run", args=[run])).text


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.REVIEWER, 403), (Role.OPERATOR, 303)]
)
def test_who_may_ask(people: People, role: Role, status: int) -> None:
    run = live_run()
    client = signed_in(make_person("olga", project=people.project, role=role))
    page = client.get(address(run)).text
    assert (address(run, "stop") in page) == (status == 303)
    sent = {"command_id": str(uuid.uuid4()), "seen_seq": "1", "reason": ""}
    assert client.post(address(run, "stop"), sent).status_code == status
    assert Command.objects.filter(run_id=run).exists() == (status == 303)


def test_charlie_sees_nothing_and_asks_nothing(people: People) -> None:
    run, charlie = live_run(), signed_in(people.charlie)
    assert charlie.get(address(run)).status_code == 404
    assert charlie.get(address(run, "stop")).status_code == 404
    assert charlie.post(address(run, "stop"), {"command_id": "x"}).status_code == 404


@pytest.mark.parametrize("kind", ["explode", "STOP"])
def test_a_word_that_is_no_command_of_the_bar_is_not_there(
    people: People, alice: Client, kind: str
) -> None:
    assert alice.get(address(live_run(), kind)).status_code == 404


def test_every_command_of_the_bar_says_what_will_happen(people: People, alice: Client) -> None:
    run = live_run()
    for kind in CommandKind:
        happens = re.search(
            r'<ul class="confirm__happens">(.*?)</ul>',
            alice.get(address(run, kind.value)).text,
            re.DOTALL,
        )
        assert happens is not None
        assert text_of(happens[1]), kind
