"""Commands: asked once, answered by the table, and the loser is handed the winner."""

from __future__ import annotations

import itertools
import json
import uuid

import pytest

from deliberation.vocabulary import Applies, CommandKind, ObservedState, applies
from tests.integration.build import NOW_NS, make_project, put_on_record
from tests.integration.control.acts import (
    ALICE,
    ask,
    at,
    beat,
    escalate,
    live_run,
    report,
    stage,
)
from tests.integration.control.said import (
    command_of,
    placed,
    rebuild_changes_nothing,
    stage_of,
    states_of,
)
from traces.actions import issue_command as issuing
from traces.actions.conflict import Conflict, Unfit
from traces.models import Command, Hold, LedgerEntry
from traces.queries.access import NotVisible

BOB = "user:bob"


def held_by(run: str) -> dict[str, str]:
    """Open holds, as source and reason."""
    return dict(Hold.objects.filter(run_id=run, is_open=True).values_list("source", "reason"))


def held_run_in(state: ObservedState) -> str:
    """A run in this state, with a supervisor, and something that holds it."""
    if state.is_terminal or state is ObservedState.LOST:
        run = live_run()
        beat(run, killable=True)
        report(run, state.value)
    else:
        run = live_run(state.value)
        beat(run, state=state.value, killable=True)
    put_on_record(make_project(), placed(run, "h", reason="r"))
    return run


def test_it_works() -> None:
    run = live_run()
    asked = ask(run, "stop", "c1", reason="it loops", seen_seq=1)
    assert asked.is_new
    assert [change.run for change in asked.changes] == [run]
    assert (asked.command.stage.value, asked.command.by, asked.command.reason) == (
        "requested",
        ALICE,
        "it loops",
    )
    assert states_of(run) == ("stop", "running")
    for said in ("acknowledged", "applied"):
        stage(run, "c1", said)
    report(run, "cancelled")
    assert states_of(run) == ("stop", "cancelled")
    assert rebuild_changes_nothing(run)


def test_the_same_id_again_is_the_same_command_whatever_comes_with_it() -> None:
    run = live_run()
    first = ask(run, "pause", "c1", reason="look")
    again = ask(run, "stop", "c1", by=BOB, reason="other")
    assert (again.command, again.is_new, again.changes) == (first.command, False, ())
    report(run, "completed")
    assert ask(run, "pause", "c1").command == first.command  # also when it would not apply any more
    assert Command.objects.filter(run_id=run).count() == 1


def test_an_unknown_run_is_not_there() -> None:
    with pytest.raises(NotVisible):
        ask(str(uuid.uuid4()), "stop")


@pytest.mark.parametrize(
    ("kind", "state"), list(itertools.product(CommandKind, ObservedState)), ids=str
)
def test_every_command_in_every_state_is_taken_where_the_table_says_so(
    kind: CommandKind, state: ObservedState
) -> None:
    run = held_run_in(state)
    assert states_of(run)[1] == state.value
    found = applies(kind, state, holds=1, killable=True)
    if isinstance(found, Applies):
        assert ask(run, kind.value).command.kind is kind
        return
    with pytest.raises(Conflict) as told:
        ask(run, kind.value)
    assert (told.value.sentence, told.value.state) == (found.replace("_", " "), state.value)
    assert Command.objects.filter(run_id=run).count() == 0


def test_a_second_stop_is_handed_the_first() -> None:
    run = live_run()
    first = ask(run, "stop", "c1")
    with pytest.raises(Conflict) as told:
        ask(run, "stop", "c2", by=BOB)
    assert told.value.winner == first.command
    assert (told.value.state, told.value.desired_state) == ("running", "stop")


@pytest.mark.parametrize("kind", ["pause", "steer", "stop"])
def test_what_is_weaker_comes_too_late_after_a_stop(kind: str) -> None:
    run = live_run()
    stop = ask(run, "stop")
    with pytest.raises(Conflict) as told:
        ask(run, kind)
    assert told.value.winner == stop.command


def test_a_stop_takes_the_place_of_what_is_open_and_weaker() -> None:
    run = live_run()
    ask(run, "pause", "done", reason="a")
    stage(run, "done", "applied")
    for kind in ("pause", "steer", "raise_budget"):
        ask(run, kind, kind)
    ask(run, "stop", "stop")
    stages = {each: stage_of(run, each) for each in ("done", "pause", "steer", "raise_budget")}
    assert stages == {
        "done": "applied",
        "pause": "superseded",
        "steer": "superseded",
        "raise_budget": "applied",
    }
    assert command_of(run, "steer").superseded_by == "stop"


def test_a_kill_takes_the_place_of_a_stop_and_needs_a_supervisor() -> None:
    run = live_run()
    attempt = beat(run).attempt
    ask(run, "stop", "stop")
    with pytest.raises(Conflict, match="no supervisor owns its process"):
        ask(run, "kill")
    beat(run, attempt, killable=True)
    ask(run, "kill", "kill")
    assert (stage_of(run, "stop"), states_of(run)) == ("superseded", ("kill", "running"))
    with pytest.raises(Conflict) as told:
        ask(run, "stop")
    assert told.value.winner
    assert told.value.winner.command_id == "kill"
    assert rebuild_changes_nothing(run)


def test_a_pause_is_a_hold_and_a_resume_lifts_one() -> None:
    run = live_run()
    ask(run, "pause", "p1", reason="look")
    ask(run, "pause", "p2", by=BOB, reason="wait")
    assert held_by(run) == {ALICE: "look", BOB: "wait"}
    resumed = ask(run, "resume", "r1")
    assert held_by(run) == {BOB: "wait"}
    assert resumed.command.payload == {"hold_id": "cmd:p1"}
    assert states_of(run)[0] == "pause"
    ask(run, "resume", "r2")  # not her own, and the only one
    assert (held_by(run), states_of(run)[0]) == ({}, "run")
    assert rebuild_changes_nothing(run)


def test_a_pause_for_the_same_reason_is_handed_the_one_that_holds() -> None:
    run = live_run()
    first = ask(run, "pause", reason="look\x00")
    with pytest.raises(Conflict) as told:
        ask(run, "pause", reason="look\x00")
    assert told.value.winner == first.command
    ask(run, "pause", reason="look again")
    ask(run, "pause", by=BOB, reason="look\x00")
    assert Hold.objects.filter(run_id=run, is_open=True).count() == 3


def test_a_pause_whose_hold_is_lifted_before_the_program_waited_is_over() -> None:
    run = live_run()
    ask(run, "pause", "p1")
    ask(run, "resume", "r1")
    assert (stage_of(run, "p1"), stage_of(run, "r1")) == ("expired", "requested")


def test_a_pause_takes_the_place_of_a_resume_that_is_not_done() -> None:
    run = live_run()
    ask(run, "pause", "p1")
    stage(run, "p1", "applied")
    ask(run, "resume", "r1")
    ask(run, "pause", "p2")
    assert (stage_of(run, "r1"), states_of(run)[0]) == ("superseded", "pause")


def test_who_resumes_second_is_handed_the_first() -> None:
    run = live_run()
    ask(run, "pause", "p1")
    first = ask(run, "resume", "r1")
    with pytest.raises(Conflict, match="nothing holds the run") as told:
        ask(run, "resume", "r2", by=BOB)
    assert told.value.winner == first.command
    ask(run, "pause", "p2", by=BOB)
    with pytest.raises(Conflict, match="lifted by user:alice") as told:
        ask(run, "resume", "r3", hold_id="cmd:p1")
    assert told.value.winner
    assert told.value.winner.command_id == "r1"


def test_what_a_budget_holds_is_lifted_by_name_only() -> None:
    run = live_run()
    put_on_record(make_project(), placed(run, "budget:usd:1", source="budget:usd", reason="hit"))
    with pytest.raises(Conflict, match="a budget or an approval holds the run"):
        ask(run, "resume")
    ask(run, "resume", hold_id="budget:usd:1")
    assert held_by(run) == {}


def test_a_run_that_nobody_has_begun_is_cancelled_by_the_server() -> None:
    run = live_run("queued")
    asked = ask(run, "stop", "c1")
    assert states_of(run) == ("stop", "cancelled")
    assert asked.command.stage.value == "applied"
    assert asked.command.detail == "nobody had begun it"
    assert rebuild_changes_nothing(run)


def test_a_queued_run_that_somebody_holds_is_asked() -> None:
    run = live_run("queued")
    beat(run, state="queued")
    ask(run, "stop")
    assert states_of(run) == ("stop", "queued")


def test_a_run_ends_before_what_was_asked_is_done() -> None:
    run = live_run()
    ask(run, "steer", "s1")
    ask(run, "stop", "c1")
    report(run, "completed")
    assert states_of(run) == ("stop", "completed")
    with pytest.raises(Conflict, match="the run has ended: completed"):
        ask(run, "stop", "c2")
    escalate(60)
    assert (stage_of(run, "c1"), stage_of(run, "s1")) == ("expired", "superseded")


def test_who_asks_without_end_is_told_so_and_can_still_stop_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(issuing, "MAX_OPEN", 3)
    run = live_run()
    for _ in range(3):
        ask(run, "steer")
    with pytest.raises(Conflict, match="wait already"):
        ask(run, "steer")
    ask(run, "stop")
    assert not Command.objects.filter(run_id=run, kind="steer", stage="requested").exists()
    assert rebuild_changes_nothing(run)


@pytest.mark.parametrize(
    ("kind", "wrong", "field"),
    [
        ("stop", {"command": "x" * 37}, "command_id"),
        ("stop", {"command": "a/b"}, "command_id"),
        ("stop", {"command": "esc:1"}, "command_id"),
        ("stop", {"reason": "r" * 2_001}, "reason"),
        ("stop", {"seen_seq": -1}, "seen_seq"),
        ("stop", {"seen_seq": 2**63}, "seen_seq"),
        ("stop", {"message": "m"}, "message"),
        ("pause", {"hold_id": "h"}, "hold_id"),
        ("steer", {"message": " "}, "message"),
        ("steer", {"message": "ü" * 8_193}, "message"),
        ("resume", {"hold_id": "unknown"}, "hold_id"),
        ("resume", {"hold_id": "x" * 56}, "hold_id"),
        ("raise_budget", {"reason": ""}, "reason"),
        ("raise_budget", {"budgets": {}}, "budgets"),
        ("raise_budget", {"budgets": {"euros": {"hard": "1"}}}, "budgets"),
        ("raise_budget", {"budgets": {"usd": {}}}, "budgets.usd"),
        ("raise_budget", {"budgets": {"usd": {"most": "1"}}}, "budgets.usd"),
        ("raise_budget", {"budgets": {"usd": {"hard": "lots"}}}, "budgets.usd.hard"),
        ("raise_budget", {"budgets": {"usd": {"hard": "-1"}}}, "budgets.usd.hard"),
        ("raise_budget", {"budgets": {"usd": {"hard": "NaN"}}}, "budgets.usd.hard"),
        ("raise_budget", {"budgets": {"usd": {"hard": "1e12"}}}, "budgets.usd.hard"),
        ("raise_budget", {"budgets": {"usd": {"soft": "0." + "1" * 19}}}, "budgets.usd.soft"),
    ],
)
def test_what_has_not_its_form_is_refused_by_field(
    kind: str, wrong: dict[str, object], field: str
) -> None:
    run = live_run()
    ask(run, "pause", "held", reason="so that there is something to resume")
    with pytest.raises(Unfit) as told:
        ask(run, kind, **wrong)
    assert told.value.field == field
    assert Command.objects.filter(run_id=run).count() == 1


def test_hostile_text_is_kept_as_it_was_said() -> None:
    run = live_run()
    message = "\x00\ud800 <script>" + "💣" * 100
    asked = ask(run, "steer", reason="\x00\udfff", message=message)
    assert asked.command.payload == {"message": message}
    assert rebuild_changes_nothing(run)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_a_day_off_loses_no_command(days: int) -> None:
    run = live_run()
    ask(run, "stop", "c1", now=days * 86_400)
    assert stage(run, "c1", "applied").is_new
    row = command_of(run, "c1")
    assert (row.requested_ns, row.applied_ns) == (at(days * 86_400), NOW_NS)


def test_a_command_stands_in_the_ledger_with_what_its_asker_was_looking_at() -> None:
    run = live_run()
    ask(run, "steer", "c1", seen_seq=2, reason="hint")
    entry = LedgerEntry.objects.get(run_id=run, key="ctl:cmd:c1")
    said = json.loads(bytes(entry.line))
    assert said["d"] | {"by": said["by"]} == {
        "by": ALICE,
        "by_kind": "user",
        "command": "c1",
        "command_kind": "steer",
        "seen_seq": 2,
    }
