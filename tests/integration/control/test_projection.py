"""Events of control become the rows of runs, commands and holds, and the same rows again in a rebuild."""

from __future__ import annotations

import random
from typing import Any

import pytest

from deliberation.events import (
    ApprovalClosed,
    ApprovalRequested,
    BudgetSet,
    Event,
    RunEnded,
    RunStarted,
)
from deliberation.vocabulary import (
    MOVES,
    ApprovalStatus,
    BudgetSource,
    CommandKind,
    CommandStage,
    ObservedState,
)
from tests.integration.build import (
    NOW_NS,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
    started,
)
from tests.integration.control.limits import allowed, begun, reached
from tests.integration.control.said import (
    attached,
    command_of,
    control_rows,
    issued,
    lifted,
    placed,
    rebuild_changes_nothing,
    reported,
    run_of,
    stage_of,
    staged,
    states_of,
)
from traces.actions import rebuild as rebuilding
from traces.models import Hold, Node


def told(*events: Event) -> str:
    """Record events of one run, one by one."""
    for event in events:
        put_on_record(make_project(), event)
    return events[0].run


def ended(run: str, state: str, **facts: Any) -> Event:
    return make_event(RunEnded, run, state=ObservedState(state), **facts)


def test_it_works() -> None:
    run = new_run()
    told(started(run, "a"), issued(run, "c", "stop"), staged(run, "c", "acknowledged", attempt=1))
    assert states_of(run) == ("stop", "running")
    told(reported(run, "cancelling"), staged(run, "c", "applied"), reported(run, "cancelled"))
    assert states_of(run) == ("stop", "cancelled")
    row = command_of(run, "c")
    assert (row.stage, row.attempt, row.delivered_ns) == ("applied", 1, None)
    assert (row.requested_ns, row.applied_ns, run_of(run).ended_ns) == (NOW_NS,) * 3
    assert rebuild_changes_nothing(run)


def test_the_stronger_takes_the_place_of_the_weaker_and_says_so() -> None:
    run = new_run()
    told(started(run, "a"), issued(run, "steer", "steer"), staged(run, "steer", "delivered"))
    told(issued(run, "stop", "stop", supersedes=["steer"]))
    row = command_of(run, "steer")
    assert (row.stage, row.superseded_by, row.superseded_ns) == ("superseded", "stop", NOW_NS)
    told(staged(run, "steer", "applied"))  # a late word
    assert stage_of(run, "steer") == "superseded"
    assert rebuild_changes_nothing(run)


def test_what_is_asked_follows_from_the_commands_and_holds_that_stand() -> None:
    run = new_run()
    told(started(run, "a"), placed(run, "one", reason="r"), placed(run, "two", reason="s"))
    assert states_of(run)[0] == "pause"
    told(lifted(run, "one"))
    assert states_of(run)[0] == "pause"
    told(issued(run, "stop", "stop"))
    assert states_of(run)[0] == "stop"
    told(lifted(run, "two"))
    assert states_of(run)[0] == "stop"
    told(staged(run, "stop", "refused", detail="I will not"))
    assert states_of(run)[0] == "run"
    assert rebuild_changes_nothing(run)


def test_of_one_source_and_reason_one_hold_is_open() -> None:
    run = new_run()
    told(
        started(run, "a"),
        placed(run, "one", reason="r" * 9_000),
        placed(run, "two", reason="r" * 9_000),
    )
    assert list(Hold.objects.values_list("hold_id", "is_open")) == [("one", True)]
    told(
        lifted(run, "one"),
        placed(run, "three", reason="r" * 9_000),
        placed(run, "four", reason="s"),
    )
    assert dict(Hold.objects.values_list("hold_id", "is_open")) == {
        "one": False,
        "three": True,
        "four": True,
    }
    assert rebuild_changes_nothing(run)


def test_a_hold_lifted_and_placed_again_in_one_pass_is_open() -> None:
    run = new_run()
    told(started(run, "a"), placed(run, "z", reason="r"))
    put_on_record(make_project(), lifted(run, "z"), placed(run, "a", reason="r"))
    assert dict(Hold.objects.values_list("hold_id", "is_open")) == {"z": False, "a": True}


@pytest.mark.parametrize("first", list(ObservedState))
@pytest.mark.parametrize("second", list(ObservedState))
def test_a_report_moves_a_run_only_where_the_table_says_so(
    first: ObservedState, second: ObservedState
) -> None:
    run = new_run()
    told(reported(run, first.value), reported(run, second.value))
    stands = second if second in MOVES[first] else first
    assert states_of(run)[1] == stands.value


def test_a_run_that_only_sends_events_runs_until_it_says_how_it_ended() -> None:
    run = new_run()
    told(observed(run, "a"))
    assert states_of(run) == ("run", "running")
    told(ended(run, "completed"))
    assert states_of(run) == ("run", "completed")


@pytest.mark.parametrize("before", ["queued", "starting"])
def test_a_run_that_starts_is_not_waiting_any_more(before: str) -> None:
    run = new_run()
    told(reported(run, before), make_event(RunStarted, run))
    assert states_of(run)[1] == "running"


@pytest.mark.parametrize("before", [each for each in ObservedState if not each.is_terminal])
@pytest.mark.parametrize("end", ["completed", "cancelled"])
def test_the_program_has_the_last_word_on_its_own_end(before: ObservedState, end: str) -> None:
    run = new_run()
    told(reported(run, before.value), ended(run, end))
    assert states_of(run)[1] == end


@pytest.mark.parametrize("end", ["crashed", "unconfirmed", "killed"])
def test_an_answer_told_after_an_end_is_kept_and_the_end_stands(end: str) -> None:
    run = new_run()
    told(
        observed(run, "a"), reported(run, end, at=NOW_NS + 5), ended(run, "completed", answer="42")
    )
    row = run_of(run)
    assert (row.observed_state, row.answer, row.ended_ns) == (end, "42", NOW_NS + 5)
    told(ended(run, "failed", answer="43", error="e"))
    assert (run_of(run).answer, run_of(run).error) == ("42", None)
    assert rebuild_changes_nothing(run)


def test_what_was_asked_of_a_run_that_has_ended_stays_as_it_stood() -> None:
    run = new_run()
    told(observed(run, "a"), issued(run, "c", "stop"), ended(run, "completed"))
    told(staged(run, "c", "expired"))
    assert states_of(run) == ("stop", "completed")
    assert stage_of(run, "c") == "expired"


def test_the_highest_attempt_stands() -> None:
    run = new_run()
    told(attached(run, 1), attached(run, 3), attached(run, 2))
    assert run_of(run).attempt == 3


def test_what_a_runner_must_hear_of_moves_the_number_that_it_waits_for() -> None:
    run = new_run()
    told(observed(run, "a"))
    assert run_of(run).control_seq == 0
    heard = [
        issued(run, "c", "pause"),
        placed(run, "h"),
        lifted(run, "h"),
        staged(run, "c", "expired"),
        make_event(
            BudgetSet, run, dimension="usd", version=1, by="user:alice", source=BudgetSource.COMMAND
        ),
        make_event(ApprovalClosed, run, approval="a", status=ApprovalStatus.EXPIRED),
    ]
    for event in heard:
        told(event)
        assert run_of(run).control_seq == run_of(run).size - 1
    last = run_of(run).control_seq
    told(attached(run, 1), reported(run, "paused"), issued(run, "d", "steer"))
    told(staged(run, "d", "delivered"), staged(run, "d", "applied"))
    assert run_of(run).control_seq == last + 3


def test_a_request_for_approval_names_its_node() -> None:
    run = new_run()
    told(
        observed(run, "a"),
        make_event(
            ApprovalRequested,
            run,
            approval="x",
            tool="send",
            digest="0" * 64,
            needed=1,
            expires_at=NOW_NS,
            node="waits",
        ),
    )
    assert Node.objects.filter(run_id=run).count() == 2
    assert rebuild_changes_nothing(run)


def any_word(run: str, chance: random.Random) -> Event:
    """Any event of control, whether or not it fits what stands."""
    one, other = chance.choice("abcdef"), chance.choice("abcdef")
    made = [
        lambda: issued(run, one, chance.choice(list(CommandKind)).value, supersedes=[other]),
        lambda: staged(run, one, chance.choice(list(CommandStage)).value, detail="d\x00"),
        lambda: placed(run, one, reason=chance.choice(["r", "s", ""]), command=other),
        lambda: lifted(run, one, command=other),
        lambda: reported(run, chance.choice(list(ObservedState)).value),
        lambda: attached(run, chance.randrange(9)),
        lambda: make_event(RunStarted, run, task="t"),
        lambda: begun(run, {chance.choice(["usd", "tokens"]): str(chance.randrange(9))}),
        lambda: allowed(
            run, "usd", chance.randrange(1, 9), source=chance.choice(list(BudgetSource))
        ),
        lambda: reached(
            run, "usd", chance.choice(["pause", "ask"]), version=chance.choice([None, 1])
        ),
        lambda: observed(run, "n"),
    ]
    if chance.random() < 0.02:
        return ended(run, chance.choice(["completed", "failed"]), answer="42")
    return chance.choice(made)()


@pytest.mark.parametrize("seed", range(8))
def test_a_storm_of_any_words_is_rebuilt_to_the_same_rows(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, run = random.Random(seed), new_run()
    events = [any_word(run, chance) for _ in range(80)]
    while events:
        cut = chance.randrange(1, 9)
        put_on_record(make_project(), *events[:cut])
        del events[:cut]
    assert len(control_rows(run)) > 3
    assert rebuild_changes_nothing(run)
    monkeypatch.setattr(rebuilding, "CHUNK", 7)
    assert rebuild_changes_nothing(run)
