"""Budgets over the API: who sees them, and what a runner hears of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.test import Client

from ingest.control.told import tell
from tests.integration.api.test_commands import api_of, get, give, signed_in
from tests.integration.build import NOW_NS, make_project, new_run, put_on_record
from tests.integration.control.acts import beat
from tests.integration.control.limits import begun, called, reached
from tests.people import People, make_person
from traces.models import BudgetPolicy, Run
from traces.models.access import Role, Scope
from traces.queries.hearing import hear


def spending_run() -> str:
    run = new_run()
    put_on_record(
        make_project(),
        begun(run, {"usd": "0.50", "depth": "4"}, soft_budgets={"usd": "0.20"}),
        called(run, "a", "0.25"),
        reached(run, "usd", "warn", "soft", limit=Decimal("0.20"), spent=Decimal("0.25")),
    )
    return run


def test_it_works(people: People) -> None:
    run = spending_run()
    beat(run, spent={"usd": "0.30"}, reserved={"usd": "0.05"})
    api = api_of(people.project, Scope.READ)
    answer = get(api, f"{run}/budgets")
    depth, usd = sorted(answer["items"], key=lambda each: str(each["dimension"]))
    assert usd == {
        "dimension": "usd", "hard": "0.5", "soft": "0.2", "on_hit": "stop", "on_soft": "warn",
        "version": 1, "source": "run", "by": None, "reason": None, "policy": None,
        "set_at": "2026-11-23T12:00:00.000000000Z", "spent": "0.25", "reserved": None,
        "basis": "recorded", "recorded": "0.25",
        "soft_hit_at": "2026-11-23T12:00:00.000000000Z", "hard_hit_at": None,
    }  # fmt: skip
    assert (depth["hard"], depth["spent"], answer["next"]) == ("4", "0", None)


def test_members_see_them_and_a_stranger_sees_nothing(people: People) -> None:
    run = spending_run()
    path = f"/api/v1/runs/{run}/budgets"
    seen = [signed_in(each).get(path).status_code for each in (people.alice, people.bob)]
    assert seen == [200, 200]
    assert signed_in(people.charlie).get(path).status_code == 404
    assert Client().get(path).status_code == 401


def test_a_runner_hears_of_them_in_each_answer() -> None:
    run = spending_run()
    row = Run.objects.get(pk=run)
    hearing = hear(project_id=row.project_id, after={row.id: 0})[row.id]
    told: list[dict[str, Any]] = tell(hearing, now_ns=NOW_NS)["budgets"]
    assert told == [
        {
            "dimension": "usd", "hard": "0.5", "soft": "0.2", "on_hit": "stop", "on_soft": "warn",
            "version": 1, "source": "run", "policy": None, "recorded": "0.25", "soft_hit": True,
            "hard_hit": False,
        },
        {
            "dimension": "depth", "hard": "4", "soft": None, "on_hit": "stop", "on_soft": "warn",
            "version": 1, "source": "run", "policy": None, "recorded": None, "soft_hit": False,
            "hard_hit": False,
        },
    ]  # fmt: skip


def test_operators_raise_and_viewers_only_look(people: People) -> None:
    run = spending_run()
    olga = make_person("olga", project=people.project, role=Role.OPERATOR)
    more = {"command_id": "m1", "kind": "raise_budget", "budgets": {"usd": {"hard": "2"}}}
    given = {
        each: give(signed_in(each), run, {**more, "reason": "it is worth it"}).status_code
        for each in (people.charlie, people.bob, olga)
    }
    assert list(given.values()) == [404, 403, 202]
    (line,) = [each for each in get(signed_in(people.bob), f"{run}/budgets")["items"]
               if each["dimension"] == "usd"]  # fmt: skip
    assert (line["hard"], line["version"], line["source"], line["by"], line["reason"]) == (
        "2", 2, "command", "user:olga", "it is worth it",
    )  # fmt: skip


def test_a_limit_below_the_one_that_stands_is_told_so(people: People) -> None:
    run = spending_run()
    less = {"command_id": "m1", "kind": "raise_budget", "reason": "less",
            "budgets": {"usd": {"hard": "0.1"}}}  # fmt: skip
    answer = give(signed_in(people.alice), run, less)
    assert answer.status_code == 422
    assert "budgets.usd.hard: is below the 0.50 that stands" in answer.json()["detail"]
    assert give(signed_in(people.alice), run, {**less, "allow_lower": True}).status_code == 202


def test_owners_and_admin_keys_keep_policies_and_all_members_see_them(people: People) -> None:
    api = api_of(people.project, Scope.ADMIN)
    wanted = {"name": "cheap", "tag": "night", "limits": {"usd": {"hard": "2.50", "soft": None}}}
    answer = post(api, "/api/v1/budget-policies", wanted)
    assert answer.status_code == 201
    kept = answer.json()
    limit = {"hard": "2.5", "soft": None, "on_hit": "stop", "on_soft": "warn"}
    assert (kept["name"], kept["version"], kept["tag"]) == ("cheap", 1, "night")
    assert (kept["limits"], kept["ended_at"]) == ({"usd": limit}, None)
    ended = post(signed_in(people.alice), "/api/v1/budget-policies/cheap/end", {})
    assert ended.json()["ended_by"] == "user:alice"
    listed = signed_in(people.bob).get("/api/v1/budget-policies").json()["items"]
    assert [(each["name"], each["version"]) for each in listed] == [("cheap", 1)]
    assert post(api, "/api/v1/budget-policies/cheap/end", {}).status_code == 404


def test_who_may_not_keep_a_policy_is_told_so(people: People) -> None:
    wanted = {"name": "cheap", "limits": {"usd": {"hard": "2.50"}}}
    reader = api_of(people.project, Scope.CONTROL, Scope.READ)
    tried = [signed_in(people.bob), signed_in(people.charlie), reader, Client()]
    refused = [post(each, "/api/v1/budget-policies", wanted).status_code for each in tried]
    assert refused == [404, 404, 403, 401]
    assert not BudgetPolicy.objects.exists()


def test_a_policy_that_is_none_is_told_why(people: People) -> None:
    api = api_of(people.project, Scope.ADMIN)
    wrong = post(api, "/api/v1/budget-policies", {"name": "x", "limits": {"usd": {"hard": "-1"}}})
    assert (wrong.status_code, wrong.json()["detail"][:15]) == (422, "limits.usd.hard")


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, body, content_type="application/json")
