"""Notes, tags, ratings and sign-offs over the API: with the scope `control`, or as a person; a key signs nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.api.test_commands import api_of, signed_in
from tests.integration.build import make_project, observed, put_on_record
from tests.integration.remarks.saying import a_run, note, said
from tests.people import People
from traces.models.access import Scope


@pytest.fixture
def run(people: People) -> str:
    return a_run(people.project)


def post(client: Client, run: str, what: str, **body: Any) -> Any:
    return client.post(f"/api/v1/runs/{run}/{what}", body, content_type="application/json")


def get(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1/runs/{path}".rstrip("/"), query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_it_works(people: People, run: str) -> None:
    api = api_of(people.project, Scope.CONTROL, Scope.READ)
    written = post(api, run, "notes", text="why 41?", node_id="two", note_id="n1")
    assert written.status_code == 201
    told = written.json()
    assert (told["id"], told["kind"], told["node_id"], told["text"]) == (
        "n1", "note", "two", "why 41?"
    )  # fmt: skip
    answer = post(api, run, "notes", text="a slip", reply_to="n1").json()
    assert (answer["node_id"], answer["reply_to"]) == ("two", "n1")
    assert get(api, f"{run}/notes") == {"items": [answer, told], "next": None}
    assert post(api, run, "tags", add=["odd"]).json() == {"tags": ["odd"]}
    rated = post(api, run, "rating", rating="fair").json()
    assert (rated["rating"], rated["number"]) == ("fair", 3)
    assert get(api, f"{run}/notes", kind="rating")["items"] == [rated]
    assert [each["id"] for each in get(api, "", noted=True)["items"]] == [run]


def test_the_same_id_again_is_the_same_note(people: People, run: str) -> None:
    api = api_of(people.project, Scope.CONTROL)
    first, again = (post(api, run, "notes", text="once", note_id="n1") for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    refused = post(signed_in(people.alice), run, "notes", text="mine", note_id="n1")
    assert refused.status_code == 409
    assert len(said(run)) == 1


def test_a_person_signs_with_the_head_that_they_were_shown(people: People, run: str) -> None:
    alice = signed_in(people.alice)
    seen = get(alice, run)["head"]
    put_on_record(people.project, observed(run, "later", parent="root"))
    lost = post(alice, run, "sign-off", outcome="accept", head=seen, sign_off_id="s1")
    assert lost.status_code == 409
    assert lost["Content-Type"] == "application/problem+json"
    problem = lost.json()
    assert problem["size"] == problem["seen_size"] + 1
    assert problem["head"] == get(alice, run)["head"]
    signed = post(
        alice, run, "sign-off",
        outcome="accept", head=problem["head"], statement="I did the sum", sign_off_id="s1",
    )  # fmt: skip
    assert signed.status_code == 201
    told = signed.json()
    assert (told["outcome"], told["seen_size"], told["seq"]) == (
        "accept", problem["size"], problem["size"]
    )  # fmt: skip
    again = post(alice, run, "sign-off", outcome="accept", head=seen, sign_off_id="s1")
    assert (again.status_code, again.json()) == (201, told)
    (verdict,) = get(alice, f"{run}/verdicts")["items"]
    assert (verdict["verifier"], verdict["kind"], verdict["independence"]) == (
        "user:alice", "human", "human"
    )  # fmt: skip
    assert [each["id"] for each in get(alice, "", signed="accept")["items"]] == [run]


def test_a_key_signs_nothing(people: People, run: str) -> None:
    api = api_of(people.project, Scope.CONTROL, Scope.READ)
    head = get(api, run)["head"]
    assert post(api, run, "sign-off", outcome="accept", head=head).status_code == 403


def test_who_may_not_say_anything_says_nothing(people: People, run: str) -> None:
    told = note(run)
    bodies: dict[str, dict[str, Any]] = {
        "notes": {"text": "x"},
        f"notes/{told}/revision": {"text": "x"},
        f"notes/{told}/withdrawal": {},
        "tags": {"add": ["x"]},
        "rating": {"rating": "good"},
        "sign-off": {"outcome": "accept", "head": "x"},
    }
    stranger = api_of(make_project("elsewhere"), Scope.CONTROL)
    for what, body in bodies.items():
        assert post(api_of(people.project, Scope.READ), run, what, **body).status_code == 403
        assert post(signed_in(people.bob), run, what, **body).status_code == 403
        assert post(signed_in(people.charlie), run, what, **body).status_code == 404
        assert post(stranger, run, what, **body).status_code == 404
        assert post(Client(), run, what, **body).status_code == 401
    assert get(signed_in(people.bob), f"{run}/notes")["items"][0]["text"] == "look at this"
    assert signed_in(people.charlie).get(f"/api/v1/runs/{run}/notes").status_code == 404
    assert len(said(run)) == 1


def test_what_cannot_be_said_is_told_with_its_field(people: People, run: str) -> None:
    alice = signed_in(people.alice)
    for what, body, field in (
        ("notes", {"text": ""}, "text"),
        ("notes", {"text": "x", "note_id": "a b"}, "ticket"),
        ("notes", {"text": "x", "reply_to": "nobody"}, "reply_to"),
        ("notes", {"text": "x", "of": 1}, "of"),
        ("tags", {"add": ["x" * 101]}, "add"),
        ("tags", {"add": [str(n) for n in range(51)]}, "add"),
        ("rating", {"rating": "great"}, "rating"),
        ("sign-off", {"outcome": "accept", "head": "nonsense"}, "head"),
    ):
        answer = post(alice, run, what, **body)
        assert answer.status_code == 422, what
        assert field in answer.json()["detail"]
    assert post(alice, run, "notes", text="x", node_id="nobody").status_code == 404
    assert said(run) == []


def test_a_note_is_revised_and_withdrawn(people: People, run: str) -> None:
    alice = signed_in(people.alice)
    post(alice, run, "notes", text="before", note_id="n1")
    revised = post(alice, run, "notes/n1/revision", text="after").json()
    assert (revised["text"], revised["revisions"]) == ("after", 1)
    gone = post(alice, run, "notes/n1/withdrawal").json()
    assert (gone["text"], gone["withdrawn_by"]) == (None, "user:alice")
    assert post(alice, run, "notes/n1/revision", text="again").status_code == 409
    assert post(alice, run, "notes/n2/withdrawal").status_code == 404
