"""Legal holds need two people, policies delete what is old and not held, and what is gone does not come back."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from typing import Any

import pytest

from deliberation.bundle.verdict import Verdict
from deliberation.bundle.verify import verify
from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import ObservedState, RedactionRule, RemovalKind
from tests.integration.audit.everywhere import tables_with
from tests.integration.build import (
    NOW,
    NOW_NS,
    make_event,
    new_run,
    observed,
    put_on_record,
    reports_of,
)
from tests.integration.bundles.exported import exported
from tests.people import People
from traces.actions.apply_retention import apply_retention
from traces.actions.ask_removal import Asked, ask_removal, decide_removal
from traces.actions.conflict import Conflict, Unfit
from traces.actions.expire_run import expire_run_by_hand
from traces.actions.expire_texts import expire_by_hand
from traces.actions.find_runs import find_runs
from traces.actions.keep_retention_policy import Terms, keep_retention_policy
from traces.actions.place_legal_hold import (
    hold_project,
    lift_project_hold,
    place_legal_hold,
)
from traces.actions.rebuild import rebuild
from traces.actions.record import record
from traces.actions.redact import Held, Redaction, redact
from traces.actions.say import Speech
from traces.models import (
    ExpiredRun,
    InstanceEntry,
    LegalHold,
    Node,
    Removal,
    RemovalRequest,
    RetentionPolicy,
    Run,
)
from traces.queries.access import NotAllowed
from traces.queries.recheck_run import list_lost_ledgers, recheck_run
from traces.queries.same_texts import Place

WORD = "Gruenkohl-7731"
LARGE = f"{WORD} " * 600
DAY_NS = 86_400 * 10**9


def ended_run(people: People, *, tags: list[str] | None = None) -> str:
    run = new_run()
    put_on_record(
        people.project,
        make_event(RunStarted, run, task=WORD, tags=tags or []),
        observed(run, "a", output=WORD, input=LARGE),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=WORD),
    )
    return run


def speech(run: str, ticket: str, by: str = "user:alice") -> Speech:
    return Speech(
        run_id=uuid.UUID(run), by=by, ticket=ticket, now_ns=NOW_NS, randbytes=lambda n: b"r" * n
    )


def redaction() -> Redaction:
    return Redaction(place=Place(2, "output"), everywhere=True, rule=RedactionRule.SECRET)


def policy(people: People, content: int | None, runs: int | None, reason: str = "") -> None:
    terms = Terms(content_days=content, run_days=runs, floor_reason=reason)
    keep_retention_policy(project_id=people.project.pk, terms=terms, by="user:alice", now=NOW)


def nights_later(days: int) -> Any:
    return apply_retention(
        now_ns=NOW_NS + days * DAY_NS, randbytes=lambda n: b"r" * n, seconds=60.0
    )


def told_to_the_instance() -> list[str]:
    kinds = InstanceEntry.objects.order_by("seq").values_list("kind", flat=True)
    return [kind for kind in kinds if kind != "run.opened"]


def test_it_works(people: People) -> None:
    run = ended_run(people)
    place_legal_hold(speech=speech(run, "h"), reason="a case")
    with pytest.raises(Held):
        redact(speech=speech(run, "r"), redaction=redaction())
    asked = Asked(what=RemovalKind.REDACT, redaction=redaction(), reason="she asked")
    ask_removal(speech=speech(run, "q"), asked=asked)
    with pytest.raises(NotAllowed, match="another owner agrees"):
        decide_removal(speech=speech(run, "d"), request_id="q", agrees=True)
    decide_removal(speech=speech(run, "d", by="user:olga"), request_id="q", agrees=True)
    removals = Removal.objects.filter(run_id=run)
    assert {(each.by, each.agreed_by) for each in removals} == {("user:alice", "user:olga")}
    assert Node.objects.get(run_id=run).preview != WORD
    assert recheck_run(uuid.UUID(run)).differences == []
    before = list(RemovalRequest.objects.values()), list(LegalHold.objects.values())
    rebuild(run_id=uuid.UUID(run))
    assert (list(RemovalRequest.objects.values()), list(LegalHold.objects.values())) == before
    assert told_to_the_instance()[:2] == ["legal_hold.placed", "part.redacted"]


def test_a_hold_is_lifted_by_two_and_then_one_may_delete_again(people: People) -> None:
    run = ended_run(people)
    place_legal_hold(speech=speech(run, "h"), reason="a case")
    lift = Asked(what=RemovalKind.LIFT_HOLD, hold_id="h")
    ask_removal(speech=speech(run, "q"), asked=lift)
    decide_removal(speech=speech(run, "d", by="user:olga"), request_id="q", agrees=False)
    assert RemovalRequest.objects.get().outcome == "declined"
    with pytest.raises(Conflict, match="declined already"):
        decide_removal(speech=speech(run, "e", by="user:olga"), request_id="q", agrees=True)
    ask_removal(speech=speech(run, "q2"), asked=lift)
    decide_removal(speech=speech(run, "f"), request_id="q2", agrees=False)
    assert RemovalRequest.objects.get(request_id="q2").outcome == "withdrawn"
    ask_removal(speech=speech(run, "q3"), asked=lift)
    decide_removal(speech=speech(run, "g", by="user:olga"), request_id="q3", agrees=True)
    hold = LegalHold.objects.get()
    assert (hold.lifted_by, hold.lifted_agreed_by) == ("user:alice", "user:olga")
    redact(speech=speech(run, "r"), redaction=redaction())
    with pytest.raises(Unfit, match="no hold that stands"):
        ask_removal(speech=speech(run, "q4"), asked=lift)


def test_a_hold_on_the_project_holds_all_of_its_runs(people: People) -> None:
    run = ended_run(people)
    facts: dict[str, Any] = {"project_id": people.project.pk, "now": NOW}
    hold = hold_project(**facts, ticket="t", reason="a case", by="user:alice")
    assert hold_project(**facts, ticket="t", reason="again", by="user:alice").pk == hold.pk
    policy(people, 1, 2)
    assert (nights_later(400).runs, nights_later(400).texts) == (0, 0)
    for act in (
        lambda: expire_by_hand(speech=speech(run, "x"), reason=""),
        lambda: expire_run_by_hand(speech=speech(run, "y")),
    ):
        with pytest.raises(Held):
            act()
    lift_project_hold(**facts, hold_id=hold.pk, by="user:alice")
    with pytest.raises(NotAllowed):
        lift_project_hold(**facts, hold_id=hold.pk, by="user:alice")
    lift_project_hold(**facts, hold_id=hold.pk, by="user:olga")
    assert nights_later(400).runs == 1


def test_texts_expire_by_policy_once_and_the_skeleton_verifies(people: People) -> None:
    run = ended_run(people)
    policy(people, 90, None)
    assert nights_later(89).texts == 0
    assert nights_later(91).texts == 1
    assert nights_later(92).texts == 0
    assert tables_with(WORD) == []
    removal = Removal.objects.get(run_id=run)
    assert (removal.kind, removal.by, removal.policy) == (
        "expired",
        "server",
        "retention, version 1",
    )
    assert Run.objects.get(pk=run).heard_at == NOW
    assert recheck_run(uuid.UUID(run)).differences == []
    data, _ = exported(run)
    report = verify(io.BytesIO(data))
    assert (report.verdict, report.reason) == (Verdict.UNPINNED, "")
    assert WORD.encode() not in data
    rebuild(run_id=uuid.UUID(run))
    assert tables_with(WORD) == []


def test_a_run_expires_and_what_is_sent_of_it_again_is_not_kept(people: People) -> None:
    run = ended_run(people)
    Run.objects.filter(pk=run).update(trace_id="ab" * 16)
    policy(people, None, 365)
    assert nights_later(366).runs == 1
    assert tables_with(WORD) == []
    assert not Run.objects.exists()
    stone = ExpiredRun.objects.get()
    assert (str(stone.run_id), stone.size, stone.by) == (run, 4, "server")
    assert told_to_the_instance() == ["retention.set", "run.expired"]
    again = put_on_record(people.project, observed(run, "a", output=WORD))
    assert again.entries == 0
    found = find_runs(
        project=people.project.pk,
        trace_ids=["ab" * 16],
        now_ns=NOW_NS,
        randbytes=lambda n: b"r" * n,
    )
    assert found == {"ab" * 16: run}
    other = new_run()
    events = [observed(run, "a", output=WORD), observed(other, "a", output="kept")]
    record(reports=reports_of(people.project, events), now=NOW, randbytes=lambda n: b"r" * n)
    assert [str(each.pk) for each in Run.objects.all()] == [other]
    assert tables_with(WORD) == []
    assert list_lost_ledgers() == []


def test_runs_of_high_risk_are_kept_six_months_unless_somebody_says_why_not(
    people: People,
) -> None:
    ended_run(people, tags=["high-risk"])
    policy(people, 30, 30)
    assert nights_later(182).runs == 0
    assert nights_later(184).runs == 1
    ended_run(people, tags=["high-risk"])
    policy(people, 30, 30, reason="a test system")
    assert nights_later(31).runs == 1


def test_a_run_that_goes_on_and_one_without_a_policy_stay(people: People) -> None:
    going_on = new_run()
    put_on_record(people.project, observed(going_on, "a", output=WORD))
    ended_run(people)
    assert nights_later(9_999).runs == 0
    policy(people, None, None)
    assert nights_later(9_999).runs == 0
    policy(people, 5, 5)
    assert nights_later(9_999).runs == 1
    assert [str(each.pk) for each in Run.objects.all()] == [going_on]


def test_a_policy_is_a_version_and_the_same_again_is_none(people: People) -> None:
    policy(people, 90, 365)
    policy(people, 90, 365)
    policy(people, 90, None)
    assert list(RetentionPolicy.objects.values_list("version", "run_days")) == [(1, 365), (2, None)]
    for content, runs in ((0, None), (None, 40_000), (90, 30)):
        with pytest.raises(Unfit):
            policy(people, content, runs)


def test_two_people_take_a_whole_run_away_under_a_hold(people: People) -> None:
    run = ended_run(people)
    place_legal_hold(speech=speech(run, "h"), reason="a case")
    ask_removal(speech=speech(run, "q"), asked=Asked(what=RemovalKind.EXPIRE_RUN))
    decide_removal(speech=speech(run, "d", by="user:olga"), request_id="q", agrees=True)
    stone = ExpiredRun.objects.get()
    assert (stone.by, stone.policy) == ("user:olga", "asked for by user:alice")
    assert dt.timedelta(0) == stone.expired_at - NOW
