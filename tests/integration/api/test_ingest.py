"""The inbox over HTTP: its state, what could not be recorded, and trying again."""

from __future__ import annotations

from django.test import Client

from ingest.models import DeadLetter, InboxEntry
from tests.integration.build import NOW, NOW_NS
from tests.people import People, make_project
from traces.actions.set_up_local import make_key
from traces.models import Project
from traces.models.access import Scope


def machine(project: Project, *scopes: Scope) -> Client:
    key = f"key of {project.slug} for {scopes}"
    make_key(project=project, name="k", key=key, scopes=list(scopes), now=NOW)
    return Client(headers={"authorization": f"Bearer {key}"})


def bury(project: Project, error: str = "not JSON") -> DeadLetter:
    return DeadLetter.objects.create(
        project_id=project.pk, key_prefix="k", signal="events", media="json", encoding="identity",
        received_ns=NOW_NS, body=b"{", buried_at=NOW, error=error,
    )  # fmt: skip


def test_it_works(people: People) -> None:
    bury(people.project)
    state = machine(people.project, Scope.READ).get("/api/v1/ingest").json()
    assert state == {
        "pending": 0, "oldest_pending_seconds": None, "recorded": state["recorded"], "dead_letters": 1,
    }  # fmt: skip


def test_dead_letters_come_in_pages_newest_first_and_without_those_of_others(
    people: People,
) -> None:
    mine = [bury(people.project, f"error {n}") for n in range(3)]
    bury(make_project("other"))
    api = machine(people.project, Scope.READ)
    first = api.get("/api/v1/ingest/dead-letters", {"limit": 2}).json()
    second = api.get("/api/v1/ingest/dead-letters", {"cursor": first["next"]}).json()
    ids = [letter["id"] for letter in (*first["items"], *second["items"])]
    assert ids == [str(letter.pk) for letter in reversed(mine)]
    assert first["items"][0]["error"] == "error 2"
    assert first["items"][0]["received_at"] == "2026-11-23T12:00:00.000000000Z"
    assert second["next"] is None


def test_a_dead_letter_goes_back_into_the_inbox_once(people: People) -> None:
    letter = bury(people.project)
    api = machine(people.project, Scope.INGEST)
    path = f"/api/v1/ingest/dead-letters/{letter.pk}/retry"
    answer = api.post(path)
    assert (answer.status_code, answer.json()) == (202, {"id": str(letter.pk), "status": "pending"})
    assert (InboxEntry.objects.count(), DeadLetter.objects.count()) == (1, 0)
    assert api.post(path).status_code == 404


def test_only_who_may_send_may_try_again(people: People) -> None:
    path = f"/api/v1/ingest/dead-letters/{bury(people.project).pk}/retry"
    assert machine(people.project, Scope.READ).post(path).status_code == 403
    assert machine(make_project("other"), Scope.INGEST).post(path).status_code == 404
    for person, status in ((people.charlie, 404), (people.bob, 404), (people.alice, 202)):
        client = Client()
        client.force_login(person)
        assert client.post(path).status_code == status


def test_a_page_of_another_site_cannot_make_a_browser_try_again(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.alice)
    answer = client.post(f"/api/v1/ingest/dead-letters/{bury(people.project).pk}/retry")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_nonsense_is_told_as_a_problem(people: People) -> None:
    api = machine(people.project, Scope.READ, Scope.INGEST)
    for path, status in (("dead-letters?cursor=x", 404), ("dead-letters?limit=1001", 422)):
        answer = api.get(f"/api/v1/ingest/{path}")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    for nonsense in ("x", "-1", str(2**63), "9" * 50):
        assert api.post(f"/api/v1/ingest/dead-letters/{nonsense}/retry").status_code in (404, 422)


def test_no_cache_keeps_what_the_api_answers(people: People) -> None:
    reader = machine(people.project, Scope.READ)
    for api, path in ((reader, "ingest"), (reader, "runs/x"), (Client(), "runs")):
        assert api.get(f"/api/v1/{path}")["Cache-Control"] == "private, no-store"
