"""Actions that wait for people: asked once, decided once, used once, denied when nobody decides."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.integration.control.acts import ask, at, beat, live_run, report
from tests.integration.control.asks import (
    action_of,
    decide,
    expire,
    request,
    row_of,
    somebody,
    use,
)
from tests.integration.control.said import rebuild_changes_nothing, run_of
from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.conflict import Fenced, Unfit
from traces.actions.consume_permit import PermitInvalid
from traces.models import Approval, Decision, LedgerEntry
from traces.queries.access import NotAllowed, NotVisible

pytestmark = pytest.mark.django_db


def kinds(run: str) -> list[str]:
    found = LedgerEntry.objects.filter(run_id=run).order_by("seq")
    return [json.loads(bytes(each.line))["kind"] for each in found]


def rows(run: str) -> list[dict[str, Any]]:
    return [
        *Approval.objects.filter(run_id=run).order_by("seq").values(),
        *Decision.objects.filter(run_id=run).order_by("seq").values(),
    ]


def test_it_works() -> None:
    run = live_run()
    approval = request(run).approval
    assert (approval.status, approval.tool, approval.needed) == ("pending", "send_email", 1)
    assert json.loads(approval.shown_arguments or "")["to"] == "treasurer@example.org"
    decided = decide(approval, reason="go", shown=approval.digest, opened_ns=at(0.5)).approval
    assert (decided.status, decided.agreed) == ("approved", ("user:alice",))
    assert decided.last
    assert decided.last.took_ns == 500_000_000
    assert use(approval).approval.consumed_ns == at(2)
    assert kinds(run)[-4:] == [
        "approval.requested", "approval.decided", "approval.closed", "permit.consumed"
    ]  # fmt: skip


def test_rows_are_rebuilt_from_the_ledger() -> None:
    run = live_run()
    approval = request(run, needed=2).approval
    decide(approval, "escalate", reason="not mine")
    decide(approval, "modify", somebody("olga", "owner"), arguments='{"to": "a@example.org"}')
    digest = row_of(approval).permit_digest
    decide(approval, "approve", somebody("oskar", "operator"), shown=digest)
    with pytest.raises(PermitInvalid):
        use(approval, approval.digest)
    use(approval, digest, name="once")
    before = rows(run)
    assert rebuild_changes_nothing(run)
    assert rows(run) == before


def test_the_same_action_is_the_same_request_and_another_is_another() -> None:
    run = live_run()
    first = request(run)
    again = request(run, now=5)
    other = request(run, action_of(run, {"to": "somebody@else.example"}))
    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert again.approval == first.approval
    assert other.approval.approval_id != first.approval.approval_id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"digest": "0" * 64}, "digest"),
        ({"text": "{}"}, "action"),
        ({"text": "not json"}, "action"),
        ({"needed": 0}, "needed"),
        ({"timeout_seconds": 10**9}, "timeout_seconds"),
    ],
)
def test_what_is_no_request_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Unfit) as caught:
        request(live_run(), **change)
    assert caught.value.field == field


def test_an_action_of_another_run_is_refused() -> None:
    with pytest.raises(Unfit):
        request(live_run(), action_of(str(uuid.uuid4())))


def test_a_run_of_another_project_is_not_there() -> None:
    with pytest.raises(NotVisible):
        request(live_run(), project="other")


def test_a_rejection_stands_with_its_reason() -> None:
    approval = request(live_run()).approval
    decide(approval, "reject", reason="not to them")
    with pytest.raises(ApprovalConflict) as caught:
        decide(approval, "approve", somebody("olga"))
    stands = caught.value.approval
    assert stands
    assert stands.last
    assert (stands.status, stands.last.by, stands.last.reason) == (
        "rejected", "user:alice", "not to them"
    )  # fmt: skip
    with pytest.raises(PermitInvalid):
        use(approval)


def test_a_viewer_sees_and_may_not_decide_and_a_stranger_sees_nothing() -> None:
    approval = request(live_run()).approval
    with pytest.raises(NotAllowed):
        decide(approval, who=somebody("bob", "viewer"))
    with pytest.raises(NotVisible):
        decide(approval, who=somebody("charlie", "owner", project="other"))
    assert row_of(approval).is_pending


def test_whoever_asked_may_not_decide() -> None:
    approval = request(live_run(), by="user:alice").approval
    with pytest.raises(NotAllowed):
        decide(approval)


def test_two_of_two_are_two_people() -> None:
    approval = request(live_run(), needed=2).approval
    assert decide(approval).approval.is_pending
    with pytest.raises(ApprovalConflict):
        decide(approval)
    assert decide(approval, who=somebody("olga")).approval.status == "approved"


def test_a_change_is_another_action_that_all_must_agree_to() -> None:
    approval = request(live_run(), needed=2).approval
    decide(approval)
    decide(approval, "modify", somebody("olga"), arguments='{"to": "a@example.org"}')
    changed = row_of(approval)
    assert changed.is_pending
    assert changed.agreed == ("user:olga",)
    with pytest.raises(ApprovalConflict):
        decide(approval, shown=approval.digest)
    with pytest.raises(ApprovalConflict):
        decide(approval)  # what is shown must be said once it is another
    closed = decide(approval, shown=changed.permit_digest).approval
    assert (closed.status, closed.shown_arguments) == ("modified", '{"to":"a@example.org"}')


def test_only_what_was_agreed_to_may_be_done() -> None:
    run = live_run()
    approval = request(run).approval
    decide(approval)
    with pytest.raises(PermitInvalid):
        use(approval, action_of(run, {"to": "somebody@else.example"}).digest)
    assert row_of(approval).refused_uses == 1
    assert kinds(run)[-1] == "permit.refused"
    use(approval)
    with pytest.raises(PermitInvalid):
        use(approval)


def test_a_use_that_is_asked_about_again_is_the_same_use() -> None:
    approval = request(live_run()).approval
    decide(approval)
    assert use(approval, name="n1").approval == use(approval, name="n1", now=3).approval
    with pytest.raises(PermitInvalid):
        use(approval, name="n2")


def test_forged_permits_add_a_bounded_number_of_entries() -> None:
    run = live_run()
    approval = request(run).approval
    for _ in range(55):
        with pytest.raises(PermitInvalid):
            use(approval)
    assert kinds(run).count("permit.refused") == 50


def test_time_denies_in_the_name_of_nobody() -> None:
    run = live_run()
    approval = request(run, timeout_seconds=30).approval
    assert expire(29) == 0
    assert expire(30) == 1
    stands = row_of(approval)
    assert (stands.status, stands.decisions, stands.closed_ns) == ("expired", (), at(30))
    with pytest.raises(PermitInvalid):
        use(approval)
    assert expire(31) == 0


def test_a_decision_that_comes_too_late_finds_it_expired() -> None:
    approval = request(live_run(), timeout_seconds=30).approval
    with pytest.raises(ApprovalConflict) as caught:
        decide(approval, now=30)
    assert caught.value.approval
    assert caught.value.approval.status == "expired"
    assert row_of(approval).status == "expired"


def test_who_asks_again_after_the_time_is_told_that_it_is_over() -> None:
    run = live_run()
    request(run, timeout_seconds=30)
    assert request(run, now=31, timeout_seconds=30).approval.status == "expired"


def test_an_attempt_that_was_followed_has_no_permit() -> None:
    run = live_run()
    beat(run)
    approval = request(run, action_of(run, attempt=1)).approval
    decide(approval)
    beat(run, holder="host:2:b", now=20)
    with pytest.raises(PermitInvalid):
        use(approval)
    with pytest.raises(Fenced):
        request(run, action_of(run, {"to": "x@example.org"}, attempt=1))


def test_what_an_earlier_attempt_asked_is_closed() -> None:
    run = live_run()
    beat(run)
    approval = request(run, action_of(run, attempt=1)).approval
    beat(run, holder="host:2:b", now=20)
    assert expire(21) == 1
    assert row_of(approval).status == "cancelled"


def test_a_run_that_is_asked_to_stop_may_do_nothing_more() -> None:
    run = live_run()
    approval = request(run).approval
    decide(approval)
    ask(run, "stop")
    with pytest.raises(PermitInvalid):
        use(approval)
    with pytest.raises(ApprovalConflict):
        request(run, action_of(run, {"to": "x@example.org"}))


def test_the_end_of_a_run_closes_what_it_asked() -> None:
    run = live_run()
    approval = request(run).approval
    report(run, "failed")
    with pytest.raises(ApprovalConflict):
        decide(approval)
    assert expire(1) == 1
    assert row_of(approval).status == "cancelled"


def test_passing_it_on_asks_the_role_above() -> None:
    approval = request(live_run()).approval
    assert decide(approval, "escalate").approval.asked == "operator"
    with pytest.raises(NotAllowed):
        decide(approval, who=somebody("rita", "reviewer"))
    decide(approval, "escalate", somebody("oskar", "operator"))
    with pytest.raises(ApprovalConflict):
        decide(approval, "escalate", somebody("olga", "owner"))
    assert decide(approval, who=somebody("olga", "owner")).approval.status == "approved"


def test_a_runner_hears_of_what_was_decided() -> None:
    run = live_run()
    approval = request(run).approval
    before = run_of(run).control_seq
    decide(approval)
    assert run_of(run).control_seq > before


def test_pages_are_told_that_what_waits_has_changed_and_only_then() -> None:
    run = live_run()
    requested = request(run)
    assert [each.topics for each in requested.changes] == [["tree", "approvals"]]
    assert [each.topics for each in decide(requested.approval).changes] == [["tree", "approvals"]]
    assert [each.topics for each in use(requested.approval).changes] == [["tree", "approvals"]]
    assert [each.topics for each in ask(run, "pause").changes] == [["tree"]]
    assert [each.topics for each in report(run, "completed").changes] == [["tree"]]
