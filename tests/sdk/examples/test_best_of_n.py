"""Best of N: the rates of its verifier are what they are said to be, and its numbers add up."""

from __future__ import annotations

import random
from collections import Counter

import pytest

import best_of_n
from arithmetic import evaluate
from stage import Stage
from tests.sdk.examples.reported import of, reasons
from tired_solver import TiredSolver, last_integer


class Awake(random.Random):
    """Chance that never lets anybody slip."""

    def random(self) -> float:
        return 1.0


def test_it_works(play):
    events = play(best_of_n, stage=Stage(seed=3))
    (ended,) = of(events, "run.ended")
    (opened,) = of(events, "run.started")
    assert ended.answer == str(evaluate(opened.task.removeprefix("What is ").rstrip("?")).value)
    assert opened.budgets == {"samples": "16", "model_calls": "32", "usd": "0.00240"}


def test_the_judge_errs_as_often_as_it_says():
    chance = random.Random(24)
    wrong = [best_of_n.noisy_score(False, chance) for _ in range(20_000)]
    right = [best_of_n.noisy_score(True, chance) for _ in range(20_000)]
    accepts = sum(score >= best_of_n.THRESHOLD for score in wrong) / len(wrong)
    rejects = sum(score < best_of_n.THRESHOLD for score in right) / len(right)
    assert accepts == pytest.approx(best_of_n.FALSE_ACCEPTS, abs=0.01)  # four standard deviations
    assert rejects == pytest.approx(best_of_n.FALSE_REJECTS, abs=0.01)
    assert 0 <= min(wrong + right) <= max(wrong + right) <= 1


def test_what_is_reported_shows_the_same_rates(play):
    counts: Counter[tuple[str, bool]] = Counter()
    for seed in range(10):
        events = play(best_of_n, 60, stage=Stage(seed=seed))
        right = {
            e.node: e.correct for e in of(events, "candidate.proposed") if e.correct is not None
        }
        judged = [e for e in of(events, "verdict.given") if e.verifier == "noisy-judge"]
        assert all(e.saw_reference and e.by_node for e in judged)
        counts.update((e.outcome.value, right[e.node]) for e in judged)
    wrong = counts["accept", False] + counts["reject", False]
    right_ones = counts["accept", True] + counts["reject", True]
    assert min(wrong, right_ones) > 100
    assert counts["accept", False] / wrong == pytest.approx(best_of_n.FALSE_ACCEPTS, abs=0.06)
    assert counts["reject", True] / right_ones == pytest.approx(best_of_n.FALSE_REJECTS, abs=0.06)


def test_the_one_with_the_best_score_is_returned_and_the_votes_stand_beside_it(play):
    events = play(best_of_n, stage=Stage(seed=29))
    (selected,) = of(events, "answer.selected")
    scores = {e.node: e.score for e in of(events, "verdict.given") if e.score is not None}
    assert scores[selected.node] == max(scores.values())
    assert selected.margin == scores[selected.node] - scores[selected.runner_up]
    votes = Counter(e.normalised for e in of(events, "candidate.proposed") if e.normalised)
    told = {e.node: e.votes for e in of(events, "candidate.proposed") if e.votes is not None}
    answer = {e.node: e.normalised for e in of(events, "candidate.proposed") if e.normalised}
    assert {answer[node]: count for node, count in told.items()} == dict(votes)
    assert len(of(events, "edge.drawn")) == votes.total()
    (ended,) = of(events, "run.ended")
    assert votes.most_common(1)[0][0] != ended.answer  # the vote would have been right


def test_every_sample_has_a_fate_and_what_was_right_and_rejected_is_wrongly_so(play):
    events = play(best_of_n, stage=Stage(seed=3))
    fates = {e.node: e for e in of(events, "fate.decided")}
    right = {e.node: e.correct for e in of(events, "candidate.proposed") if e.correct is not None}
    (selected,) = of(events, "answer.selected")
    assert fates.keys() | {selected.node} == right.keys()
    rejected = [e for e in fates.values() if e.reason == "verifier_rejected"]
    assert rejected
    assert all(bool(e.wrongly) == right[e.node] and e.value < e.cutoff for e in rejected)
    assert all(e.verdict for e in rejected)


def test_what_cannot_be_read_is_invalid_and_is_not_judged(play):
    events = play(best_of_n, stage=Stage(seed=6))
    assert Counter(reasons(events))["invalid"] == 3
    assert len([e for e in of(events, "verdict.given") if e.verifier == "noisy-judge"]) == 13


def test_calls_say_that_they_are_simulated(play):
    events = play(best_of_n)
    calls = [e for e in of(events, "node.ended") if e.model]
    assert {call.model for call in calls} == {"simulated-solver", "simulated-judge"}
    for call in calls:
        assert '"simulated": true' in call.attributes
        assert call.cost.provenance.value == "estimated"
        assert "charged to nobody" in call.cost.price_table
        assert call.usage.output > 0


def test_a_solver_that_does_not_slip_is_right():
    chance = random.Random(24)
    for _ in range(200):
        left, right, more = (chance.randint(1, 9999) for _ in range(3))
        text = TiredSolver(Awake()).solve(left, right, more)
        assert last_integer(text) == str(left * right + more)
