"""The strategy on pages: shown with its evidence to all, set by those who may judge, refused to viewers."""

from __future__ import annotations

from typing import Any

from django.test import Client

from deliberation.vocabulary import NodeKind
from tests.integration.build import new_run, observed, put_on_record
from tests.integration.pages.test_pages import client_of
from tests.people import People, make_person
from traces.models import Membership, Project, Run
from traces.models.access import Role

EVIDENCE = "1 tool call and 2 model calls under 1 agent"


def loop(project: Project, name: str | None = None) -> str:
    run = new_run()
    put_on_record(
        project,
        observed(run, "root", node_kind=NodeKind.AGENT, name=name),
        observed(run, "a", parent="root", node_kind=NodeKind.MODEL_CALL),
        observed(run, "b", parent="root", node_kind=NodeKind.TOOL_CALL),
        observed(run, "c", parent="root", node_kind=NodeKind.MODEL_CALL),
    )
    return run


def say(client: Client, run: str, strategy: str = "debate", reason: str = "they argue") -> Any:
    return client.post(f"/runs/{run}/strategy", {"strategy": strategy, "reason": reason})


def row(run: str) -> tuple[str, str, str | None]:
    found = Run.objects.get(pk=run)
    return found.strategy, found.strategy_source, found.strategy_set_by


def test_it_works(people: People) -> None:
    run, alice = loop(people.project), client_of(people, "alice")
    page = alice.get(f"/runs/{run}").text
    assert EVIDENCE in page
    assert f'action="/runs/{run}/strategy"' in page
    answer = say(alice, run)
    assert (answer.status_code, answer["Location"]) == (303, f"/runs/{run}")
    assert row(run) == ("debate", "set_by_person", "user:alice")
    page = alice.get(f"/runs/{run}/header").text
    assert "set by person" in page
    assert "user:alice: they argue" in page
    assert say(alice, run, "take-back", "they do not").status_code == 303
    assert row(run) == ("agent", "inferred", None)


def test_a_viewer_sees_the_evidence_and_is_refused(people: People) -> None:
    run, bob = loop(people.project), client_of(people, "bob")
    for address in (f"/runs/{run}", f"/runs/{run}/strategy"):
        page = bob.get(address).text
        assert EVIDENCE in page
        assert '<form class="strategy-form"' not in page
    assert say(bob, run).status_code == 403
    assert row(run)[1] == "inferred"


def test_reviewers_and_operators_may_judge(people: People) -> None:
    run = loop(people.project)
    for role in (Role.REVIEWER, Role.OPERATOR):
        person = make_person(role.value, project=people.project, role=role)
        client = Client()
        client.force_login(person)
        assert say(client, run, reason=role.value).status_code == 303
        assert row(run)[2] == f"user:{role.value}"


def test_for_others_there_is_nothing_there(people: People) -> None:
    run, charlie = loop(people.project), client_of(people, "charlie")
    assert charlie.get(f"/runs/{run}/strategy").status_code == 404
    assert say(charlie, run).status_code == 404
    assert Client().post(f"/runs/{run}/strategy").status_code == 302


def test_who_judges_elsewhere_only_looks_here(people: People) -> None:
    run = loop(people.project)
    other = Project.objects.create(slug="other", name="Other")
    Membership.objects.create(project=other, user=people.bob, role=Role.OWNER)
    assert say(client_of(people, "bob"), run).status_code == 403


def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(people: People) -> None:
    run, alice = loop(people.project), client_of(people, "alice")
    for strategy, reason in (("magic", "because"), ("debate", " "), ("debate", "x" * 2_001)):
        answer = say(alice, run, strategy, reason)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert reason.strip() in answer.text
    assert row(run)[1] == "inferred"


def test_a_reason_is_shown_as_text(people: People) -> None:
    run, alice = loop(people.project), client_of(people, "alice")
    say(alice, run, reason="<script>alert(1)</script>\u202eabc")
    for address in (f"/runs/{run}", f"/runs/{run}/header", f"/runs/{run}/strategy", "/"):
        page = alice.get(address).text
        assert "<script>alert(1)" not in page
        assert "\u202e" not in page


def test_the_list_is_narrowed_by_it(people: People) -> None:
    run, alice = loop(people.project, "a loop"), client_of(people, "alice")
    assert str(run) in alice.get("/", {"strategy": "agent"}).text
    assert str(run) in alice.get("/runs/rows", {"strategy_source": "inferred"}).text
    assert str(run) not in alice.get("/", {"strategy_source": "stated"}).text
