"""Beam search and tree search do what they say, and say what they did."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import count

import pytest

import beam_search
import deliberation as dl
import mcts
from arithmetic import evaluate
from position import Position
from stage import Stage
from tests.sdk.examples.reported import of, reasons
from twenty_four import start


def test_the_beam_finds_24_and_admits_what_it_threw_away(play):
    events = play(beam_search, (1, 2, 4, 7))
    (ended,) = of(events, "run.ended")
    assert evaluate(ended.answer) == (Fraction(24), [1, 2, 4, 7])
    assert set(reasons(events)) == {"pruned_low_value", "duplicate", "verifier_rejected"}
    pruned = [fate for fate in of(events, "fate.decided") if fate.reason == "pruned_low_value"]
    assert all(fate.value <= fate.cutoff and fate.rank > beam_search.BEAM for fate in pruned)
    assert [fate for fate in pruned if fate.wrongly]
    outcomes = Counter(verdict.outcome.value for verdict in of(events, "verdict.given"))
    assert outcomes == {"accept": 1, "reject": 4}


def test_no_level_of_the_beam_keeps_more_than_it_may(play):
    events = play(beam_search, (1, 2, 4, 7))
    depth = {event.node: event.depth for event in of(events, "node.started")}
    kept = {fate.node for fate in of(events, "fate.decided") if fate.fate == "kept"}
    assert Counter(depth[node] for node in kept) == {1: 5, 2: 5, 3: 5}


def test_a_beam_that_fails_says_so_and_says_what_it_should_have_kept(play):
    events = play(beam_search, (3, 3, 8, 8))
    (ended,) = of(events, "run.ended")
    assert (ended.answer, ended.stop_reason) == (None, "no candidate passed")
    assert not of(events, "answer.selected")
    assert [fate for fate in of(events, "fate.decided") if fate.wrongly]


def test_the_tree_search_finds_24(play):
    events = play(mcts, (1, 5, 9, 9), stage=Stage(seed=5))
    (ended,) = of(events, "run.ended")
    assert evaluate(ended.answer) == (Fraction(24), [1, 5, 9, 9])
    (selected,) = of(events, "answer.selected")
    assert (selected.rule, selected.margin_unit) == (mcts.RULE, "visits")
    assert selected.margin > 0
    accepted = {v.node for v in of(events, "verdict.given") if v.outcome == "accept"}
    assert {candidate.node for candidate in of(events, "candidate.proposed")} <= accepted


def test_visits_add_up_and_values_are_shares_of_them(play):
    events = play(mcts, (1, 5, 9, 9), iterations=120)
    parent = {event.node: event.parent for event in of(events, "node.started")}
    latest = {event.node: event for event in of(events, "node.scored") if event.scorer == mcts.UCT}
    below: dict[str, int] = defaultdict(int)
    for node, scored in latest.items():
        below[parent[node]] += scored.visits
        assert (scored.scale_min, scored.scale_max) == (0, 1)
        assert 0 <= scored.value <= 1
        assert (scored.value * scored.visits) == pytest.approx(round(scored.value * scored.visits))
    (root,) = [node for node in latest if parent[node] is None]
    assert latest[root].visits == below[root] == len(of(events, "verdict.given"))
    assert all(scored.visits >= below[node] for node, scored in latest.items())


def test_priors_of_a_position_add_up_to_one():
    with dl.run("q") as run, run.node("expansion") as node:
        position = Position(start((1, 5, 9, 9)), node)
    assert sum(prior for prior, _ in position.untried) == pytest.approx(1)


def test_uct_is_what_the_paper_says():
    with dl.run("q") as run, run.node("expansion") as node:
        above = Position(start((4, 6)), node)
        position = Position(start((24,)), node, above)
    above.visits, position.visits, position.wins = 10, 4, 3
    assert position.uct == pytest.approx(0.75 + math.sqrt(2) * math.sqrt(math.log(10) / 4))


def test_a_position_below_which_all_was_tried_is_a_dead_end_and_a_small_puzzle_is_exhausted(play):
    events = play(mcts, (1, 1, 1, 1), iterations=5000)
    (ended,) = of(events, "run.ended")
    assert (ended.answer, ended.stop_reason) == (None, "no simulation ended in 24")
    assert Counter(reasons(events))["dead_end"] > 10
    assert "budget_exhausted" not in reasons(events)
    assert len(of(events, "verdict.given")) < 5000


def test_whoever_interrupts_the_tree_search_gets_the_best_that_was_found(server, monkeypatch):
    steps = count()

    def interrupt(stage: Stage, run: dl.Run) -> None:
        if next(steps) == 400:
            raise KeyboardInterrupt

    monkeypatch.setattr(Stage, "pause", interrupt)
    client = dl.configure(url=server.url, key=server.key, spool=False)
    with pytest.raises(KeyboardInterrupt):
        mcts.play(Stage(), (2, 8, 8, 12))
    client.close()
    (ended,) = server.of("run.ended")
    assert ended.state.value == "cancelled"
    assert evaluate(ended.answer) == (Fraction(24), [2, 8, 8, 12])


@pytest.mark.parametrize("example", [beam_search, mcts])
def test_where_a_search_began_it_also_ended(play, example):
    events = play(example)
    started, ended = of(events, "node.started"), of(events, "node.ended")
    assert {event.node for event in started} == {event.node for event in ended}
    (opened,) = of(events, "run.started")
    assert opened.strategy.value == {"beam_search": "beam", "mcts": "mcts"}[example.__name__]
    assert opened.budgets["depth"] == "3"
