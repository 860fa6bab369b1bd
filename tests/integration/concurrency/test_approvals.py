"""Many at once about one action: one wins, and all others are handed the winner."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.integration.control.acts import live_run
from tests.integration.control.asks import decide, expire, request, row_of, somebody, use
from traces.actions.approval_conflict import ApprovalConflict
from traces.models import Approval, Decision

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 20


def at_once(acts: list[Callable[[], str]]) -> list[str]:
    """What came of acts that begin together, as many at a time as there are threads."""
    begin = Barrier(THREADS)

    def one(number: int) -> str:
        try:
            if number < THREADS:
                begin.wait(30)
            return acts[number]()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(len(acts))))


def test_of_a_hundred_who_decide_one_wins_and_the_others_are_told_who() -> None:
    approval = request(live_run()).approval

    def one(number: int) -> Callable[[], str]:
        def act() -> str:
            who, what = somebody(f"p{number}"), ("approve", "reject", "terminate")[number % 3]
            try:
                decide(approval, what, who)
            except ApprovalConflict as lost:
                last = lost.approval and lost.approval.last
                return last.by if last else "nobody"
            return "won"

        return act

    somebody()  # the project is there before all begin
    told = Counter(at_once([one(number) for number in range(100)]))
    winner = Decision.objects.get(run_id=approval.run_id).by
    assert told == {"won": 1, winner: 99}
    assert Approval.objects.get(approval_id=approval.approval_id).status != "pending"


def test_a_permit_is_used_once_by_whoever_comes_first() -> None:
    approval = request(live_run()).approval
    decide(approval)

    def act() -> str:
        try:
            use(approval, name=uuid.uuid4().hex)
        except ApprovalConflict:
            return "refused"
        return "used"

    assert Counter(at_once([act] * 40)) == {"used": 1, "refused": 39}


def test_a_timeout_and_a_decision_in_one_moment_have_one_outcome() -> None:
    for _ in range(10):
        approval = request(live_run(), timeout_seconds=30).approval

        def approves(approval: object = approval) -> str:
            try:
                decide(approval, now=29.9)  # type: ignore[arg-type]
            except ApprovalConflict as lost:
                return str(lost.approval and lost.approval.status)
            return "approved"

        def times_out() -> str:
            expire(30)
            return ""

        outcome = at_once([approves, times_out] + [times_out] * (THREADS - 2))[0]
        stands = row_of(approval)
        assert stands.status == outcome
        assert len(stands.decisions) == (outcome == "approved")
