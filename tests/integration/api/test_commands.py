"""Commands over the API: who may give them, what a conflict hands over, and what the document says of them."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.integration.build import NOW, make_project
from tests.integration.control.acts import live_run, report, stage
from tests.integration.control.said import states_of
from tests.people import People, make_person
from traces.actions.set_up_local import make_key
from traces.models import Command, Project
from traces.models.access import Role, Scope

CONTRACT = Path(__file__).parents[4] / "shared" / "CONTRACT.md"
STOP = {"command_id": "c1", "kind": "stop", "reason": "it loops", "seen_seq": 1}


def api_of(project: Project, *scopes: Scope) -> Client:
    text = f"a-key-of-{project.slug}-{'-'.join(scopes)}"
    make_key(project=project, name="k", key=text, scopes=list(scopes), now=NOW)
    return Client(headers={"authorization": f"Bearer {text}"})


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def give(client: Client, run: str, body: Any = None) -> Any:
    return client.post(
        f"/api/v1/runs/{run}/commands", body or STOP, content_type="application/json"
    )


def get(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1/runs/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def api(people: People) -> Client:
    return api_of(people.project, Scope.CONTROL, Scope.READ)


def test_it_works(people: People, api: Client) -> None:
    run = live_run()
    answer = give(api, run)
    assert answer.status_code == 202
    given = answer.json()
    assert (given["id"], given["command_id"], given["run_id"]) == ("c1", "c1", run)
    assert (given["kind"], given["stage"], given["overdue"]) == ("stop", "requested", False)
    assert (given["by"], given["by_kind"], given["seen_seq"]) == ("key:a-key-of-d", "key", 1)
    assert given["requested_at"].endswith("Z")
    assert (given["delivered_at"], given["applied_at"]) == (None, None)
    stage(run, "c1", "acknowledged")
    shown = get(api, f"{run}/commands/c1")
    assert (shown["stage"], shown["acknowledged_at"]) == (
        "acknowledged",
        "2026-11-23T12:00:00.000000000Z",
    )
    assert get(api, f"{run}/commands") == {"items": [shown], "next": None}
    assert get(api, run)["desired_state"] == "stop"


def test_the_same_id_again_is_the_same_command(api: Client) -> None:
    run = live_run()
    first, again = give(api, run), give(api, run, {**STOP, "kind": "pause"})
    assert (again.status_code, again.json()) == (202, first.json())
    assert Command.objects.count() == 1


def test_who_loses_is_handed_the_state_and_the_winner(api: Client) -> None:
    run = live_run()
    winner = give(api, run).json()
    answer = give(api, run, {"command_id": "c2", "kind": "stop"})
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "the run is asked to stop already",
        "state": "running",
        "desired_state": "stop",
        "winner": winner,
        "command": None,
    }
    report(run, "completed")
    late = give(api, run, {"command_id": "c3", "kind": "steer", "message": "m"})
    assert (late.status_code, late.json()["state"]) == (409, "completed")


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.VIEWER, 403), (Role.REVIEWER, 403), (Role.OPERATOR, 202), (Role.OWNER, 202)],
)
def test_operators_and_owners_may_and_others_only_see(
    people: People, role: Role, status: int
) -> None:
    run, person = live_run(), make_person("dora", project=people.project, role=role)
    answer = give(signed_in(person), run)
    assert answer.status_code == status
    assert states_of(run)[0] == ("stop" if status == 202 else "run")
    assert get(signed_in(person), f"{run}/commands")["next"] is None
    if status == 403:
        assert answer["Content-Type"] == "application/problem+json"
        assert "operator or owner" in answer.json()["detail"]


def test_a_role_in_another_project_is_none_in_this_one(people: People) -> None:
    run = live_run()
    elsewhere = make_project("elsewhere")
    person = make_person("dora", project=people.project, role=Role.VIEWER)
    elsewhere.memberships.create(user=person, role=Role.OWNER)
    assert give(signed_in(person), run).status_code == 403


def test_what_is_not_visible_is_not_there(people: People, api: Client) -> None:
    run = live_run()
    assert give(api_of(make_project("another"), Scope.CONTROL), run).status_code == 404
    charlie = signed_in(people.charlie)
    assert give(charlie, run).status_code == 404
    for path in (f"{run}/commands", f"{run}/commands/c1", f"{run}/holds"):
        assert charlie.get(f"/api/v1/runs/{path}").status_code == 404
    for unknown in (str(uuid.uuid4()), "nonsense"):
        assert give(api, unknown).status_code == 404
        assert api.get(f"/api/v1/runs/{unknown}/commands").status_code == 404
    assert api.get(f"/api/v1/runs/{run}/commands/unknown").status_code == 404
    assert api.get(f"/api/v1/runs/{run}/commands/a%00b").status_code == 404
    assert states_of(run)[0] == "run"


@pytest.mark.parametrize("scope", [Scope.READ, Scope.INGEST, Scope.EXPORT])
def test_a_key_without_the_scope_commands_nothing(people: People, scope: Scope) -> None:
    run = live_run()
    answer = give(api_of(people.project, scope), run)
    assert (answer.status_code, answer.json()["status"]) == (403, 403)
    assert give(Client(), run).status_code == 401
    assert states_of(run)[0] == "run"


def test_a_session_needs_its_csrf_token(people: People) -> None:
    run, client = live_run(), Client(enforce_csrf_checks=True)
    client.force_login(people.alice)
    assert give(client, run).status_code == 403
    assert states_of(run)[0] == "run"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "stop"}, "command_id"),
        ({"command_id": "c", "kind": "explode"}, "kind"),
        ({"command_id": "", "kind": "stop"}, "command_id"),
        ({"command_id": "a b", "kind": "stop"}, "command_id"),
        ({"command_id": "c", "kind": "steer"}, "message"),
        ({"command_id": "c", "kind": "steer", "massage": "m"}, "massage"),
        ({"command_id": "c", "kind": "steer", "message": "m" * 16_385}, "message"),
        ({"command_id": "c", "kind": "raise_budget", "budgets": {"usd": {"hard": "2"}}}, "reason"),
        ({"command_id": "c", "kind": "raise_budget", "reason": "r"}, "budgets"),
        ({"command_id": "c", "kind": "stop", "seen_seq": 10**30}, "seen_seq"),
        ({"command_id": "c", "kind": "stop", "reason": "r" * 2_001}, "reason"),
        ([], "asked"),
    ],
)
def test_bad_input_is_a_422_that_names_the_field(api: Client, body: Any, field: str) -> None:
    run = live_run()
    answer = api.post(f"/api/v1/runs/{run}/commands", body, content_type="application/json")
    assert (answer.status_code, field in answer.json()["detail"]) == (422, True), answer.json()
    assert not Command.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"null", b'"x"', b"[" * 5_000])
def test_no_body_is_a_crash(api: Client, body: bytes) -> None:
    run = live_run()
    answer = api.post(f"/api/v1/runs/{run}/commands", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_hostile_text_comes_back_as_it_was_said(api: Client) -> None:
    run, message = live_run(), "\x00 <script>\u202e\ud800"
    body = '{"command_id":"c","kind":"steer","reason":"\\u0000","message":"\\u0000 <script>\\u202e\\ud800"}'
    answer = api.post(f"/api/v1/runs/{run}/commands", body, content_type="application/json")
    assert answer.status_code == 202
    assert get(api, f"{run}/commands/c")["message"] == message


def test_holds_say_who_holds_and_who_lifted(people: People, api: Client) -> None:
    run = live_run()
    give(signed_in(people.alice), run, {"command_id": "p1", "kind": "pause", "reason": "look"})
    give(api, run, {"command_id": "p2", "kind": "pause"})
    give(api, run, {"command_id": "r1", "kind": "resume"})
    other, first = get(api, f"{run}/holds")["items"]
    assert (first["source"], first["reason"], first["open"]) == ("user:alice", "look", True)
    assert (first["id"], first["command_id"]) == ("cmd:p1", "p1")
    assert (other["open"], other["lifted_command"], other["source"]) == (
        False,
        "r1",
        "key:a-key-of-d",
    )
    assert other["lifted_at"] >= other["placed_at"]
    assert get(api, f"{run}/holds", open="true")["items"] == [first]


def test_pages_of_commands_follow_one_another(api: Client) -> None:
    run = live_run()
    for n in range(5):
        give(api, run, {"command_id": f"c{n}", "kind": "steer", "message": "m"})
    found, cursor = [], None
    while True:
        page = get(api, f"{run}/commands", limit=2, **({"cursor": cursor} if cursor else {}))
        found += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == ["c4", "c3", "c2", "c1", "c0"]
    assert api.get(f"/api/v1/runs/{run}/commands", {"cursor": "x"}).status_code == 404


def test_the_document_agrees_with_the_contract(client: Client) -> None:
    if not CONTRACT.exists():
        pytest.skip("the contract does not stand beside this tree")
    document = client.get("/api/v1/openapi.json").json()
    told = re.findall(r"`(GET|POST) (/api/v1/runs/\{run_id\}/commands[^`]*)`", CONTRACT.read_text())
    assert len(told) == 2
    for method, path in told:
        assert method.lower() in document["paths"][path]
    posted = document["paths"]["/api/v1/runs/{run_id}/commands"]["post"]["responses"]
    assert set(posted) >= {"202", "403", "404", "409", "422"}
    shapes = document["components"]["schemas"]
    line = next(line for line in CONTRACT.read_text().splitlines() if "/commands` | `{" in line)
    asked = set(re.findall(r'"(\w+)"', line))
    assert asked <= set(shapes["CommandToGive"]["properties"])
    kinds = re.search(r'"kind": "([^"]+)"', line)
    assert kinds
    assert set(shapes["CommandKind"]["enum"]) == set(kinds[1].replace("\\", "").split("|"))
    assert set(shapes["Command"]["properties"]) >= {"stage", "command_id", "requested_at"}
