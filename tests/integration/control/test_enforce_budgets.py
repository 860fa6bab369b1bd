"""Programs that do not count for themselves are held to their budgets by what was recorded of them."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliberation.events import Event, RunEnded
from deliberation.vocabulary import NodeKind, ObservedState, Usage
from tests.integration.build import (
    NOW_NS,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from tests.integration.control.acts import at, beat, randbytes
from tests.integration.control.limits import allowed, begun, called, line_of
from tests.integration.control.said import (
    command_of,
    lifted,
    rebuild_changes_nothing,
    reported,
    run_of,
    states_of,
)
from traces import tasks
from traces.actions.enforce_budgets import enforce_after_pass, enforce_by_the_clock
from traces.models import Command, Hold, Run
from traces.models.run import LIMITED


def limited(hard: dict[str, str] | None = None, **facts: Any) -> str:
    run = new_run()
    put_on_record(make_project(), begun(run, hard or {"usd": "1"}, **facts))
    return run


def spend(run: str, *events: Event) -> int:
    """The program reports, and the pass that records it looks; how many runs changed."""
    put_on_record(make_project(), *events)
    return look(run)


def look(run: str, now: float = 1) -> int:
    return len(enforce_after_pass(run_ids=[uuid.UUID(run)], now_ns=at(now), randbytes=randbytes))


def tick(now: float = 1) -> int:
    return len(enforce_by_the_clock(now_ns=at(now), dated_ns=at(now), randbytes=randbytes))


def test_it_works() -> None:
    run = limited(soft_budgets={"usd": "0.5"})
    assert spend(run, called(run, "a", "0.4")) == 0
    assert spend(run, called(run, "b", "0.6")) == 1  # up to the limit, not above it
    assert line_of(run)["soft_hit_ns"] == at(1)
    assert "hard_hit_ns" not in line_of(run)
    spend(run, called(run, "c", "0.1"))
    line = line_of(run)
    assert (line["hard_hit_ns"], line["hit_spent"], line["hit_basis"]) == (
        at(1), "1.100000000000000000", "recorded",
    )  # fmt: skip
    stop = command_of(run, "esc:usd:hard:1")
    assert (stop.kind, stop.by, stop.stage) == ("stop", "server:budget", "requested")
    assert stop.reason == "$1.10 of $1.00 spent"
    assert states_of(run) == ("stop", "running")
    assert rebuild_changes_nothing(run)


def test_a_limit_is_reached_once_however_often_it_is_looked_at() -> None:
    run = limited()
    spend(run, called(run, "a", "2"))
    size = run_of(run).size
    assert (look(run), tick(), spend(run, called(run, "b", "2")), tick()) == (0, 0, 0, 0)
    assert run_of(run).size == size + 1
    assert Command.objects.count() == 1


@pytest.mark.parametrize(
    ("on_hit", "desired", "commands", "holds"),
    [
        ("warn", "run", 0, 0),
        ("pause", "pause", 0, 1),
        ("ask", "pause", 0, 1),
        ("stop", "stop", 1, 0),
    ],
)
def test_what_is_done_at_the_limit(on_hit: str, desired: str, commands: int, holds: int) -> None:
    run = limited(on_hit={"usd": on_hit})
    spend(run, called(run, "a", "2"))
    assert states_of(run)[0] == desired
    assert (Command.objects.count(), Hold.objects.count()) == (commands, holds)
    assert rebuild_changes_nothing(run)


def test_a_person_who_lets_it_go_on_is_not_asked_again_until_there_is_a_new_limit() -> None:
    run = limited(on_hit={"usd": "pause"})
    spend(run, called(run, "a", "2"))
    put_on_record(make_project(), lifted(run, "budget:usd:hard:1"))
    assert spend(run, called(run, "b", "2")) == 0
    put_on_record(make_project(), allowed(run, "usd", 2, hard=Decimal(3), on_hit=None))
    assert look(run) == 1
    assert states_of(run)[0] == "stop"


@pytest.mark.parametrize(
    ("dimension", "node"),
    [
        ("tokens", {"usage": Usage(input=1, output=1)}),
        ("reasoning_tokens", {"usage": Usage(output=2, reasoning=2)}),
        ("tool_calls", {"node_kind": NodeKind.TOOL_CALL}),
        ("model_calls", {"node_kind": NodeKind.MODEL_CALL}),
        ("samples", {"node_kind": NodeKind.SAMPLE}),
    ],
)
def test_each_dimension_is_counted_in_the_pass(dimension: str, node: dict[str, Any]) -> None:
    run = limited({dimension: "2"})
    put_on_record(make_project(), observed(run, "n0", **node))
    assert look(run) == 0
    put_on_record(make_project(), *(observed(run, f"n{n}", **node) for n in (1, 2)))
    assert look(run) == 1
    assert "hard_hit_ns" in line_of(run, dimension)


def test_levels_are_counted_by_the_clock() -> None:
    run = limited({"depth": "1"})
    spend(run, called(run, "a"), called(run, "b", parent="a"))
    assert tick() == 0
    assert spend(run, called(run, "c", parent="b")) == 0
    assert tick() == 1
    assert line_of(run, "depth")["hit_spent"] == "2"


def test_seconds_run_out_by_our_clock_and_not_by_the_programs() -> None:
    run, ahead = (
        limited({"seconds": "60"}, at=at(-86_400)),
        limited({"seconds": "60"}, at=at(86_400)),
    )
    assert tick(59) == 0
    assert tick(61) == 2
    for each in (run, ahead):
        assert (line_of(each, "seconds")["hit_spent"], states_of(each)[0]) == ("61", "stop")


def test_a_program_that_counts_for_itself_is_left_to_it_but_for_the_clock() -> None:
    run = limited({"usd": "1", "seconds": "60"})
    beat(run, spent={"usd": "0.5", "seconds": "1"})
    assert spend(run, called(run, "a", "2")) == 0
    assert tick() == 1
    assert "hard_hit_ns" in line_of(run)
    beat(run, 1, now=61, spent={"usd": "2", "seconds": "59"})
    assert tick(62) == 0


def test_only_the_program_can_ask() -> None:
    run = limited(on_hit={"usd": "ask"})
    beat(run, spent={"usd": "2"})
    assert (spend(run, called(run, "a", "2")), tick()) == (0, 0)
    assert tick(30) == 1  # it is heard of no more
    assert states_of(run)[0] == "pause"


def test_what_it_does_not_count_itself_is_counted_here() -> None:
    run = limited({"usd": "1"})
    beat(run, spent={"tokens": "5"})
    assert spend(run, called(run, "a", "2")) == 1


@pytest.mark.parametrize("state", ["completed", "cancelled"])
def test_a_run_that_has_ended_is_left_alone(state: str) -> None:
    run = limited({"usd": "1", "seconds": "1"})
    put_on_record(make_project(), make_event(RunEnded, run, state=ObservedState(state)))
    assert (spend(run, called(run, "a", "2")), tick(99)) == (0, 0)


def test_what_a_file_tells_of_is_over() -> None:
    run = limited()
    Run.objects.update(source="import")
    assert (spend(run, called(run, "a", "2")), tick()) == (0, 0)


def test_a_stop_that_was_asked_for_already_is_not_asked_for_again() -> None:
    run = limited()
    put_on_record(make_project(), reported(run, "cancelling"))
    spend(run, called(run, "a", "2"))
    assert ("hard_hit_ns" in line_of(run), Command.objects.count()) == (True, 0)


def test_an_absurd_sum_is_told_as_far_as_an_event_can_tell_it() -> None:
    run = limited()
    spend(run, *(called(run, name, "999999999999") for name in "ab"))
    assert line_of(run)["hit_spent"] == "999999999999"
    assert rebuild_changes_nothing(run)


def test_a_worker_that_died_after_it_recorded_leaves_the_run_to_the_clock() -> None:
    run = limited()
    put_on_record(make_project(), called(run, "a", "2"))
    tasks.enforce_budgets_by_the_clock()
    assert states_of(run)[0] == "stop"


def test_nothing_of_a_hit_stays_when_its_stop_cannot_be_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = limited()
    put_on_record(make_project(), called(run, "a", "2"))
    with monkeypatch.context() as dying:
        dying.setattr("traces.actions.enforce_budgets._stop", _die)
        with pytest.raises(KeyboardInterrupt):
            look(run)
    assert "hard_hit_ns" not in line_of(run)
    assert look(run) == 1
    assert states_of(run)[0] == "stop"


def _die(*args: object) -> None:
    raise KeyboardInterrupt


def test_the_clock_looks_at_few_runs() -> None:
    limited()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = Run.objects.filter(LIMITED, id__gt=uuid.UUID(int=0)).order_by("id")[:5].explain()
    assert "limited_runs" in plan


def test_a_pass_over_runs_without_limits_asks_nothing() -> None:
    recorded = put_on_record(make_project(), called(new_run(), "a"))
    assert recorded.limited == ()
    with CaptureQueriesContext(connection) as asked:
        enforce_after_pass(run_ids=recorded.limited, now_ns=NOW_NS, randbytes=randbytes)
    assert len(asked) == 0
