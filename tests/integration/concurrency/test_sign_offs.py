"""Two who sign one run at once: nobody signs over what they had not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.integration.concurrency.test_approvals import THREADS, at_once
from tests.integration.remarks.saying import a_run, head, note, said, sign
from traces.actions.sign_off import Grown

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_who_sign_the_same_state_one_signs_and_the_others_are_asked_again() -> None:
    run = a_run()
    seen = head(run)

    def one(number: int) -> Callable[[], str]:
        def act() -> str:
            try:
                sign(run, seen=seen, by=f"user:p{number}", ticket=f"p{number}")
            except Grown as grown:
                return f"{grown.seen_size} of {grown.size}"
            return "signed"

        return act

    told = Counter(at_once([one(number) for number in range(THREADS)]))
    assert told == {"signed": 1, f"{seen[0]} of {seen[0] + 1}": THREADS - 1}
    assert said(run)[0].seen_root == seen[1]


def test_one_form_that_is_sent_many_times_at_once_says_it_once() -> None:
    run = a_run()

    def act() -> str:
        return note(run, "once", ticket="a-form")

    assert Counter(at_once([act] * THREADS)) == {"a-form": THREADS}
    assert len(said(run)) == 1
