"""A project says what it wants to be asked about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.build import make_project
from tests.integration.control.acts import at, live_run
from tests.integration.control.asks import action_of, decide, expire, request, row_of, somebody
from traces.actions.conflict import Unfit
from traces.actions.keep_policy import Terms, end_policy, keep_policy
from traces.models import ApprovalPolicy
from traces.queries.access import NotAllowed, NotVisible
from traces.queries.policies_heard import policies_heard

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def keep(name: str = "mail", **terms: Any) -> ApprovalPolicy:
    project = make_project("default").pk
    return keep_policy(
        project_id=project, terms=Terms(name=name, **terms), by="user:alice", now=NOW
    )


def test_it_works() -> None:
    keep(tool="send_email", needed=2, timeout_seconds=60)
    approval = request(live_run()).approval
    assert (approval.policy, approval.needed, approval.expires_ns) == ("mail@1", 2, at(60))


def test_a_program_may_ask_for_more_people_and_less_time_and_never_the_reverse() -> None:
    keep(tool="send_email", needed=2, timeout_seconds=60)
    milder = request(live_run(), needed=1, timeout_seconds=3600).approval
    stricter = request(live_run(), needed=3, timeout_seconds=5).approval
    assert (milder.needed, milder.expires_ns) == (2, at(60))
    assert (stricter.needed, stricter.expires_ns) == (3, at(5))


def test_a_tools_name_is_matched_exactly() -> None:
    keep(tool="send", needed=3)
    assert request(live_run()).approval.policy is None


def test_an_unknown_risk_is_asked_about() -> None:
    keep("grave", risk="high", needed=2)
    found = {
        risk: request(run := live_run(), action_of(run, risk=risk)).approval.policy
        for risk in ("low", "high", None, "dire")
    }
    assert found == {"low": None, "high": "grave@1", None: "grave@1", "dire": "grave@1"}


def test_a_change_is_a_new_version_and_the_same_again_is_not() -> None:
    first = keep(tool="send_email")
    assert keep(tool="send_email").version == first.version
    assert keep(tool="send_email", needed=2).version == 2
    first.refresh_from_db()
    assert (first.ended_by, first.ended_at) == ("user:alice", NOW)


def test_an_ended_policy_asks_no_more_and_its_name_goes_on_counting() -> None:
    keep(tool="send_email", needed=2)
    project = make_project("default").pk
    end_policy(project_id=project, name="mail", by="user:alice", now=NOW)
    assert request(live_run()).approval.policy is None
    with pytest.raises(NotVisible):
        end_policy(project_id=project, name="mail", by="user:alice", now=NOW)
    assert keep(tool="send_email").version == 2


@pytest.mark.parametrize(
    "terms",
    [
        {"name": "No spaces"},
        {"name": ""},
        {"tool": ""},
        {"tool": "\x00"},
        {"side_effect": "explosive"},
        {"risk": "dire"},
        {"needed": 0},
        {"timeout_seconds": -1},
        {"timeout_seconds": 0},
        {"escalate_to": "owner"},
        {"escalate_after_seconds": 5},
        {"escalate_to": "viewer", "escalate_after_seconds": 5},
        {"escalate_to": "owner", "escalate_after_seconds": 90, "timeout_seconds": 60},
    ],
)
def test_what_is_no_policy_is_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(Unfit):
        keep(**{"name": "mail", **terms})


def test_somebody_else_is_asked_when_its_time_comes() -> None:
    keep(tool="send_email", timeout_seconds=60, escalate_to="owner", escalate_after_seconds=20)
    approval = request(live_run()).approval
    assert expire(19) == 0
    assert expire(20) == 1
    assert expire(21) == 0
    passed = row_of(approval)
    assert (passed.asked, passed.escalated_ns, passed.expires_ns) == ("owner", at(20), at(60))
    with pytest.raises(NotAllowed):
        decide(approval, who=somebody("rita", "reviewer"), now=22)
    assert decide(approval, who=somebody("olga", "owner"), now=22).approval.status == "approved"


def test_programs_that_look_often_read_it_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project("default").pk
    with CaptureQueriesContext(connection) as asked:
        assert [policies_heard(project) for _ in range(5)] == [()] * 5
    assert len(asked) == 1
    keep(tool="send_email")
    monkeypatch.setattr("traces.queries.policies_heard.FRESH_SECONDS", 0.0)
    assert [each.label for each in policies_heard(project)] == ["mail@1"]
