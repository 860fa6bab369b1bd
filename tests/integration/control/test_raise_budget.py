"""Limits are raised by whoever may, with a reason, as versions; what held the run for its money lets it go on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from deliberation.ledger.action import Action
from deliberation.vocabulary.budget import RAISE_TOOL
from tests.integration.build import make_project, new_run, put_on_record
from tests.integration.control.acts import ask, beat, live_run
from tests.integration.control.asks import action_of, decide, request, somebody, use
from tests.integration.control.limits import begun, limits_of, line_of, reached
from tests.integration.control.said import (
    command_of,
    placed,
    rebuild_changes_nothing,
    run_of,
    states_of,
)
from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.conflict import Conflict, Unfit
from traces.models import Hold, LedgerEntry
from traces.queries.access import NotAllowed


def limited(action: str = "pause", **facts: Any) -> str:
    """A run that may spend two dollars, and has spent them."""
    run = new_run()
    put_on_record(make_project(), begun(run, {"usd": "2"}, on_hit={"usd": action}, **facts))
    put_on_record(make_project(), reached(run, "usd", action, version=1))
    return run


def more(run: str, hard: str = "3", **facts: Any) -> Any:
    return ask(run, "raise_budget", **{"budgets": {"usd": {"hard": hard}}, **facts})


def test_it_works() -> None:
    run = limited()
    assert states_of(run)[0] == "pause"
    issued = more(run, command="more", reason="it is nearly there")
    assert limits_of(run) == ("3", None, 2, "command")
    line = line_of(run)
    assert (line["by"], line["reason"], line["on_hit"]) == (
        "user:alice", "it is nearly there", "pause",
    )  # fmt: skip
    hold = Hold.objects.get(run_id=run)
    assert (hold.is_open, hold.lifted_by, hold.lifted_command) == (False, "user:alice", "more")
    assert states_of(run)[0] == "run"
    assert issued.command.payload["budgets"] == {"usd": {"hard": "3"}}
    assert rebuild_changes_nothing(run)


def test_the_same_command_again_raises_once() -> None:
    run = limited()
    assert more(run, command="more").is_new
    assert not more(run, "9", command="more").is_new
    assert limits_of(run) == ("3", None, 2, "command")


def test_a_raise_that_leaves_no_room_lifts_nothing() -> None:
    run = limited()
    more(run, "2")
    assert (limits_of(run), states_of(run)[0]) == (("2", None, 2, "command"), "pause")
    more(run, "2.5")
    assert states_of(run)[0] == "run"


def test_what_others_hold_stays_held() -> None:
    run = limited()
    put_on_record(make_project(), placed(run, "tokens", source="budget:tokens", reason="r"))
    put_on_record(make_project(), placed(run, "alice", reason="r"))
    more(run)
    held = Hold.objects.filter(run_id=run, is_open=True).values_list("source", flat=True)
    assert sorted(held) == ["budget:tokens", "user:alice"]


@pytest.mark.parametrize("which", ["hard", "soft"])
def test_a_lower_limit_is_refused_unless_it_is_meant(which: str) -> None:
    run = limited(soft_budgets={"usd": "1.5"})
    lower = {"usd": {which: "1"}}
    with pytest.raises(Unfit, match=f"budgets.usd.{which}: is below the"):
        ask(run, "raise_budget", budgets=lower)
    assert limits_of(run)[2] == 1
    assert LedgerEntry.objects.filter(run_id=run).count() == 3
    ask(run, "raise_budget", budgets=lower, allow_lower=True)
    assert line_of(run)[which] == "1"


def test_what_is_not_named_stays_and_a_first_limit_is_set() -> None:
    run = limited(soft_budgets={"usd": "1.5"}, on_soft={"usd": "pause"})
    ask(run, "raise_budget", budgets={"usd": {"hard": "4"}, "samples": {"soft": "8"}})
    assert limits_of(run) == ("4", "1.5", 2, "command")
    assert line_of(run)["on_soft"] == "pause"
    assert limits_of(run, "samples") == (None, "8", 1, "command")
    assert rebuild_changes_nothing(run)


def test_a_soft_limit_that_stayed_is_not_reached_again() -> None:
    run = limited(soft_budgets={"usd": "1.5"}, on_soft={"usd": "pause"})
    put_on_record(make_project(), reached(run, "usd", "pause", "soft", limit=Decimal("1.5")))
    more(run)
    put_on_record(make_project(), reached(run, "usd", "pause", "soft", version=2))
    assert states_of(run)[0] == "run"
    ask(run, "raise_budget", budgets={"usd": {"soft": "2.5"}})
    put_on_record(make_project(), reached(run, "usd", "pause", "soft", version=3))
    assert states_of(run)[0] == "pause"


def test_a_raise_is_done_at_once_where_no_program_holds_the_run() -> None:
    run = limited()
    more(run, command="here")
    assert command_of(run, "here").stage == "applied"
    held = live_run()
    beat(held)
    more(held, command="there")
    assert command_of(held, "there").stage == "requested"


def test_a_run_that_has_ended_gets_no_more() -> None:
    run = live_run("completed")
    with pytest.raises(Conflict, match="the run has ended"):
        more(run)


def for_more(run: str, **arguments: Any) -> Action:
    said = {"dimension": "usd", "hard": "4", "was": "2", "spent": "2", "reason": "two more"}
    return action_of(run, {**said, **arguments}, tool=RAISE_TOOL, side_effect=None, attempt=None)


def test_a_permit_that_asks_for_more_gives_it_when_it_is_used() -> None:
    run = limited("ask")
    action = for_more(run)
    approval = request(run, action).approval
    decide(approval, who=somebody("olga", "operator"), reason="go on")
    assert limits_of(run)[2] == 1
    use(approval, action.digest, name="once")
    assert limits_of(run) == ("4", None, 2, "command")
    assert (line_of(run)["by"], line_of(run)["reason"]) == ("user:olga", "go on")
    use(approval, action.digest, name="once")
    assert limits_of(run)[2] == 2
    with pytest.raises(ApprovalConflict):
        use(approval, action.digest)
    assert limits_of(run)[2] == 2
    assert rebuild_changes_nothing(run)


def test_what_the_decider_wrote_instead_is_what_is_given() -> None:
    run = limited("ask")
    approval = request(run, for_more(run)).approval
    changed = '{"dimension":"usd","hard":"2.5"}'
    decided = decide(approval, "modify", somebody("olga", "operator"), arguments=changed).approval
    use(decided, decided.permit_digest)
    assert limits_of(run) == ("2.5", None, 2, "command")


@pytest.mark.parametrize(
    "arguments",
    [
        {"hard": "2"},
        {"hard": "1"},
        {"hard": "lots"},
        {"hard": None},
        {"hard": "1e13"},
        {"hard": ["4"]},
        {"dimension": "euros"},
        {"dimension": "tokens"},
        {"dimension": ["usd"]},
    ],
)
def test_a_permit_whose_arguments_are_no_raise_changes_nothing(arguments: dict[str, Any]) -> None:
    run = limited("ask")
    action = for_more(run, **arguments)
    approval = request(run, action).approval
    decide(approval, who=somebody("olga", "operator"))
    used = use(approval, action.digest).approval
    assert (used.consumed_ns is not None, limits_of(run)[2]) == (True, 1)
    assert list(run_of(run).budgets) == ["usd"]


def test_a_permit_for_anything_else_changes_no_limit() -> None:
    run = limited("ask")
    action = action_of(run, {"dimension": "usd", "hard": "9"})
    approval = request(run, action).approval
    decide(approval)
    use(approval, action.digest)
    assert limits_of(run)[2] == 1


def test_a_reviewer_may_not_give_more() -> None:
    run = limited("ask")
    approval = request(run, for_more(run)).approval
    with pytest.raises(NotAllowed, match="the role operator"):
        decide(approval, who=somebody("rita", "reviewer"))
