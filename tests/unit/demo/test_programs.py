"""The demo's programs do what they say, the same each time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from fractions import Fraction

import pytest

from deliberation import fake
from deliberation.client import Client, Settings
from deliberation.events import Event
from traces.demo import run_agent, run_game_of_24, run_self_consistency
from traces.demo.calculator import evaluate
from traces.demo.files import Files
from traces.demo.game_of_24 import is_solvable
from traces.demo.stage import Stage

PROGRAMS = {
    "solved": lambda stage: run_game_of_24(stage, (1, 2, 4, 7)),
    "unsolved": lambda stage: run_game_of_24(stage, (3, 3, 8, 8)),
    "vote": run_self_consistency,
    "agent": run_agent,
}


def play(*programs: str, key: str = "key", times: int = 1) -> tuple[list[Event], fake.Server]:
    with fake.server() as server:
        for _ in range(times):
            client = Client(Settings(url=server.url, key=server.key))
            stage = Stage(client=client, key=key, month=dt.date(2026, 5, 17))
            for program in programs:
                PROGRAMS[program](stage)
            assert client.flush(10)
            client.close()
            stats = client.stats()
            assert stats.accepted == stats.made
            assert stats.invalid == 0
    return server.events, server


def of(events: list[Event], kind: str) -> list:
    return [event for event in events if kind == event.KIND]


def test_it_works():
    events, _ = play(*PROGRAMS)
    assert len(of(events, "run.ended")) == 4
    assert len({event.run for event in events}) == 4
    assert not [event for event in of(events, "node.ended") if event.usage or event.cost]


def test_played_again_nothing_is_recorded_twice():
    once, _ = play(*PROGRAMS)
    again, server = play(*PROGRAMS, times=2)
    assert {(e.run, e.key, e.KIND) for e in again} == {(e.run, e.key, e.KIND) for e in once}
    assert server.repeated == len(once)


def test_another_project_has_runs_of_its_own():
    mine, yours = play("vote")[0], play("vote", key="another")[0]
    assert mine[0].run != yours[0].run


def test_the_beam_finds_24_and_admits_what_it_threw_away():
    events, _ = play("solved")
    (ended,) = of(events, "run.ended")
    assert evaluate(ended.answer) == (Fraction(24), [1, 2, 4, 7])
    fates = of(events, "fate.decided")
    reasons = {fate.reason.value for fate in fates if fate.reason}
    assert reasons == {"pruned_low_value", "duplicate", "verifier_rejected"}
    pruned = [fate for fate in fates if fate.reason and fate.reason.value == "pruned_low_value"]
    assert all(fate.value <= fate.cutoff for fate in pruned)
    assert [fate for fate in pruned if fate.wrongly]
    assert Counter(each.outcome.value for each in of(events, "verdict.given"))["accept"] == 1


def test_a_beam_that_fails_says_so_and_says_what_it_should_have_kept():
    events, _ = play("unsolved")
    (ended,) = of(events, "run.ended")
    assert (ended.answer, ended.stop_reason) == (None, "no candidate passed")
    assert not of(events, "answer.selected")
    assert [fate for fate in of(events, "fate.decided") if fate.wrongly]
    assert is_solvable(tuple((Fraction(n), str(n)) for n in (3, 3, 8, 8)))


def test_the_vote_adds_up_to_a_hundred():
    events, _ = play("vote")
    (ended,) = of(events, "run.ended")
    assert ended.answer == str(evaluate("347 * 286 + 1295")[0])
    fates = Counter(
        fate.reason.value if fate.reason else fate.fate.value for fate in of(events, "fate.decided")
    )
    assert fates["outvoted"] + fates["invalid"] + fates["kept"] + 1 == 100
    assert min(fates["outvoted"], fates["invalid"], fates["kept"]) > 0
    (selected,) = of(events, "answer.selected")
    assert selected.margin > 0
    assert round(ended.stated_confidence * 100) == fates["kept"] + 1


def test_the_agent_retries_what_failed_and_leaves_a_dead_end():
    events, _ = play("agent")
    (ended,) = of(events, "run.ended")
    assert ended.answer == "248.75"
    (edge,) = of(events, "edge.drawn")
    failed = next(each for each in of(events, "node.ended") if each.node == edge.target)
    assert "FileNotFoundError" in failed.error
    assert "dead_end" in [f.reason.value for f in of(events, "fate.decided") if f.reason]
    assert {event.side_effect.value for event in of(events, "node.started") if event.tool} == {
        "none",
        "read",
        "write",
    }


def test_the_agents_tools_stay_in_their_directory(tmp_path):
    with pytest.raises(PermissionError):
        Files(tmp_path).read_file("../secret")


@pytest.mark.parametrize("expression", ["__import__('os')", "2 ** 9", "1.5 + 1", "(1", "a", "True"])
def test_the_calculator_takes_nothing_but_arithmetic(expression):
    with pytest.raises(ValueError, match="not a"):
        evaluate(expression)
