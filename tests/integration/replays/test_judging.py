"""How truly a replay repeats is told from both ledgers, and nobody's word is taken for it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.test import Client

from deliberation.vocabulary import Cost, Fidelity, ReplayMode
from tests.integration.build import ended, make_project, new_run, put_on_record
from tests.integration.replays.replaying import (
    DIGEST,
    FORK,
    asked,
    at,
    begun,
    call,
    claimed,
    drawn,
    original,
    over,
    repeated,
    runner,
)
from tests.people import People
from traces.actions.hold_replay import Outcome, end_replay
from traces.actions.judge_replays import has_replays_to_judge, judge_replays
from traces.models import Node, Replay, Run
from traces.queries.replays import ReplayRow, get_replay, replay_of_run
from traces.queries.run_comparison import compare_runs

RAISED = json.dumps({"type": "builtins.ValueError", "args": ["no"]})


def done(replay: Replay) -> None:
    mine = runner()
    claimed(mine)
    end_replay(
        replay=replay, runner=mine, attempt=1, outcome=Outcome(state="completed"), now_ns=at(60)
    )


def judged(people: People, replay: Replay) -> ReplayRow:
    judge_replays()
    return get_replay(who=people.alice, replay_id=replay.pk)


def test_it_works(people: People) -> None:
    run = original()
    replay = asked(run)
    done(replay)
    assert not has_replays_to_judge()
    same = str(replay.run_id)
    # In another order, under other ids, and at other times: what counts is what was asked and what came of it.
    told = [*call(same, "y", "k2", "8"), *call(same, "x", "k1"), drawn(same, "d")]
    repeated(run, *told, run=replay.run_id)
    assert has_replays_to_judge()
    row = judged(people, replay)
    assert row.judged is not None
    assert (row.judged.word, row.judged.recorded, row.judged.live) == (Fidelity.EXACT, 3, 0)
    assert (row.code.same, row.is_lowered) == (True, False)
    assert not has_replays_to_judge()
    assert replay_of_run(who=people.alice, run_id=replay.run_id) == row


def test_another_result_is_told_with_the_entry_where_they_part(people: People) -> None:
    run = original()
    replay = asked(run)
    done(replay)
    same = str(replay.run_id)
    told = [drawn(same, "d"), *call(same, "x", "k1"), *call(same, "y", "k2", "9")]
    repeated(run, *told, run=replay.run_id)
    found = judged(people, replay).judged
    assert found is not None
    assert (found.word, found.diverged_at_seq, found.diverged) == (Fidelity.DIVERGED, 5, 1)


@pytest.mark.parametrize(("answer", "word"), [("28", Fidelity.EXACT), ("x", Fidelity.DIVERGED)])
def test_the_whole_answer_counts(people: People, answer: str, word: Fidelity) -> None:
    long = "a" * 3_000
    run = original()
    replay = asked(run)
    done(replay)
    same = str(replay.run_id)
    assert Run.objects.filter(pk=run.pk).update(answer=long) == 1  # what a row says of it is cut
    told = [drawn(same, "d"), *call(same, "x", "k1"), *call(same, "y", "k2", "8")]
    said = begun(same, replay_of=str(run.pk), replay_mode=ReplayMode.RECORDED)
    put_on_record(make_project(), said, *told, over(same, answer))
    found = judged(people, replay).judged
    assert found is not None
    assert found.word is word


def test_the_same_error_is_the_same_wherever_it_was_raised(people: People) -> None:
    first = new_run()
    begin, _ = call(first, "a", "k")
    run = original(begin, ended(first, "a", error="at line 3", raised=RAISED), run=first)
    replay = asked(run)
    done(replay)
    same = str(replay.run_id)
    begin, _ = call(same, "b", "k")
    repeated(run, begin, ended(same, "b", error="at line 9", raised=RAISED), run=replay.run_id)
    found = judged(people, replay).judged
    assert found is not None
    assert found.word is Fidelity.EXACT


def test_a_fork_is_judged_by_what_comes_before_its_node(people: People) -> None:
    run = original()
    replay = asked(run, FORK, from_node="b")
    done(replay)
    same = str(replay.run_id)
    told = [drawn(same, "d"), *call(same, "x", "k1"), *call(same, "y", "k9", "9")]
    repeated(run, *told, run=replay.run_id, mode=FORK, from_node="b")
    found = judged(people, replay).judged
    assert found is not None
    assert (found.word, found.recorded, found.live, found.unused) == (Fidelity.LIVE, 2, 1, 0)


def test_other_code_lowers_the_badge(people: People) -> None:
    run = original()
    replay = asked(run)
    done(replay)
    repeated(run, run=replay.run_id, code_digest="sha256:" + "2" * 64)
    row = judged(people, replay)
    assert (row.code.recorded, row.code.same, row.is_lowered) == (DIGEST, False, True)


def test_it_is_judged_again_when_more_of_it_arrives(people: People) -> None:
    run = original()
    replay = asked(run)
    done(replay)
    same = str(replay.run_id)
    repeated(run, drawn(same, "d"), run=replay.run_id)
    first = judged(people, replay).judged
    assert first is not None
    assert first.unused == 2
    put_on_record(make_project(), *call(same, "x", "k1"), *call(same, "y", "k2", "8"))
    again = judged(people, replay).judged
    assert again is not None
    assert again.word is Fidelity.EXACT


def test_what_the_recording_answered_is_shown_and_added_to_nothing() -> None:
    run = original()
    replay = asked(run)
    same = str(replay.run_id)
    told = [*call(same, "x", "k1", recorded_seq=3), *call(same, "y", "k2", "8")]
    made = repeated(run, *told, run=replay.run_id)
    assert (made.input_tokens, made.model_calls) == (10, 2)
    asides = dict(Node.objects.filter(run_id=made.pk).values_list("node_id", "aside"))
    assert asides == {"x": "replayed", "y": None}


def test_compared_with_its_original_it_is_paired_by_calls_and_says_what_was_saved(
    people: People,
) -> None:
    first = new_run()
    cost = Cost(amount=Decimal("0.25"))
    run = original(
        drawn(first, "d"), *call(first, "a", "k1", "7", cost=cost), *call(first, "b", "k2", "8"),
        run=first,
    )  # fmt: skip
    replay = asked(run)
    done(replay)
    same = str(replay.run_id)
    told = [
        drawn(same, "d"), *call(same, "x", "k1", "7", cost=cost, recorded_seq=3),
        *call(same, "y", "k2", "7"),
    ]  # fmt: skip
    made = repeated(run, *told, run=replay.run_id)
    judge_replays()
    _, aligned = compare_runs(who=people.alice, left=run.pk, right=made.pk)
    assert aligned.aligned.count(0, 2).changed == 1
    assert aligned.aligned.is_alone(0) is aligned.aligned.is_alone(1) is False
    client = Client()
    client.force_login(people.alice)
    page = client.get("/compare", {"a": str(run.pk), "b": str(made.pk)}).text
    for words in (
        "One replays the other",
        "diverged at #5",
        "Calls: 2 as recorded, 0 new, 1 otherwise, 0 unused.",
        "The recording answered what had cost $0.25",
    ):
        assert words in page
    turned = client.get("/compare", {"a": str(made.pk), "b": str(run.pk)}).text
    assert "The recording answered what had cost $0.25" in turned
    other = original()
    alone = client.get("/compare", {"a": str(run.pk), "b": str(other.pk)}).text
    assert "One replays the other" not in alone
