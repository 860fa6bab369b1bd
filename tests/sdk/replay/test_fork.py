"""A fork is recorded up to a node and live from there; what changes the world is never done by itself again."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import deliberation as dl
from deliberation.vocabulary import AfterDifference, Difference, Dimension, Limit
from tests.sdk.replay.repeating import answer_of, keys, of


@pytest.fixture
def program(ask):
    def solve():
        with dl.run("q", seed=7, budget=dl.Budget(model_calls=9)) as run:
            said = []
            for n in range(4):
                with run.node("sample", rank=n):
                    temperature = {"temperature": run.stream(f"sample {n}").random()}
                    prompt = f"{run.setting('prompt', 'think')} {n}"
                    call = run.model_call(model="m", input=prompt, request=temperature)
                    said.append(call.perform(ask))
            run.finish(answer=" ".join(said))

    return solve


def sample(events, rank):
    return next(e.node for e in of(events, "node.started") if e.rank == rank)


def test_it_works(stage, program, asked):
    recorded = stage.play(program)
    events = stage.repeat(program, recorded, "fork", from_node=sample(recorded, 2))
    assert keys(events) == keys(recorded)
    assert answer_of(events) == "answer 1 answer 2 answer 5 answer 6"
    (counted,) = of(events, "replay.ended")
    assert (counted.calls_recorded, counted.calls_live, counted.diverged, counted.unused) == (
        4,
        4,
        0,
        0,
    )
    (started,) = of(events, "run.started")
    assert (started.replay_mode, started.from_node) == ("fork", sample(recorded, 2))


def test_what_is_to_be_otherwise_is_so_behind_the_fork_point_alone(stage, program, asked):
    recorded = stage.play(program)
    told = {"model": "other", "temperature": 0.5, "prompt": "guess", "seed": 8}
    events = stage.repeat(program, recorded, "fork", from_node=sample(recorded, 2), overrides=told)
    assert keys(events)[:4] == keys(recorded)[:4]
    assert not set(keys(events)[4:]) & set(keys(recorded)) - set(keys(recorded)[4::2])
    assert asked[4:] == [("other", {"temperature": 0.5})] * 2
    calls = [e for e in of(events, "node.started") if e.call_key]
    assert [call.input for call in calls] == ["think 0", "think 1", "guess 2", "guess 3"]
    assert [call.model for call in calls] == ["m", "m", "other", "other"]
    seeds = [json.loads(drawn.value) for drawn in of(events, "value.drawn")]
    assert seeds[:2] == ["7 sample 0", "7 sample 1"]
    assert set(seeds[2:]) >= {"8 sample 2", "8 sample 3"}


def test_what_cannot_be_answered_before_the_fork_point_is_made_as_it_was(stage, program, asked):
    def without_the_first_result(lines):
        head, *calls = map(json.loads, lines.splitlines())
        gone = next(call for call in calls if call["sort"] == "model")
        gone |= {"result": None, "withheld": True, "why": "redacted"}
        return b"".join(json.dumps(line).encode() + b"\n" for line in [head, *calls])

    recorded = stage.play(program)
    events = stage.repeat(
        program,
        recorded,
        "fork",
        from_node=sample(recorded, 2),
        change=without_the_first_result,
        overrides={"model": "other"},
    )
    assert [model for model, _ in asked[4:]] == ["m", "other", "other"]
    (told,) = of(events, "replay.diverged")
    assert (told.difference, told.then) == (Difference.NO_ANSWER, AfterDifference.LIVE)


def test_how_much_may_be_asked_for_is_overridden_too(stage):
    said = []

    def solve():
        with dl.run("q") as run:
            call = run.model_call(model="m", max_tokens=100)
            call.perform(lambda call: said.append(call.max_tokens))

    recorded = stage.play(solve)
    stage.repeat(solve, recorded, "live", overrides={"max_tokens": 7})
    assert said == [100, 7]


def test_a_stream_goes_on_from_another_seed_where_the_fork_goes_live(stage, ask):
    drawn = []

    def solve():
        with dl.run("q", seed=1) as run:
            drawn.append([run.random.random()])
            with run.node("step", rank=1):
                run.tool("look").perform(lambda _: None)
                drawn[-1].append(run.random.random())

    recorded = stage.play(solve)
    for seed in (1, 2, 2):
        stage.repeat(
            solve, recorded, "fork", from_node=sample(recorded, 1), overrides={"seed": seed}
        )
    original, same, other, again = drawn
    assert other == again
    assert original != other
    assert same[0] == original[0]


def test_a_fork_spends_from_its_own_limits_and_its_recorded_part_counts(stage, program, asked):
    recorded = stage.play(program)
    events = stage.repeat(
        program,
        recorded,
        "fork",
        from_node=sample(recorded, 2),
        limits={Dimension.MODEL_CALLS: Limit(hard=Decimal(3))},
    )
    assert isinstance(stage.stopped, dl.LimitExceeded)
    assert len(asked) == 5
    assert of(events, "run.started")[0].budgets == {"model_calls": "3"}


def test_a_live_run_asks_for_everything_again_with_what_is_otherwise_from_the_start(
    stage, program, asked
):
    recorded = stage.play(program)
    events = stage.repeat(program, recorded, "live", overrides={"model": "other"})
    assert [model for model, _ in asked[4:]] == ["other"] * 4
    (counted,) = of(events, "replay.ended")
    assert (counted.calls_recorded, counted.calls_live, counted.diverged) == (0, 8, 0)


def send(run, sent, *, plain=False, effect="irreversible"):
    def really(tool):
        sent.append(tool.arguments)
        return "sent"

    tool = run.tool("send_email", {"to": "bob"}, effect)
    if not plain:
        return tool.perform(really)
    with tool:
        tool.finish(result=really(tool))
    return "sent"


def mailing(sent, **how):
    def solve():
        with dl.run("q") as run:
            with run.node("step", rank=0):
                run.tool("look", side_effect="read").perform(lambda _: "looked")
            with run.node("step", rank=1):
                try:
                    answer = send(run, sent, **how)
                except dl.NotApproved as refusal:
                    answer = f"not sent: {refusal.reason}"
            run.finish(answer=answer)

    return solve


@pytest.mark.parametrize("mode", ["recorded", "fork", "live"])
def test_a_mail_that_was_refused_stays_unsent_in_every_mode(stage, server, mode):
    sent: list[object] = []
    server.decide_all("reject")
    recorded = stage.play(mailing(sent))
    from_node = sample(recorded, 1) if mode == "fork" else None
    events = stage.repeat(mailing(sent), recorded, mode, from_node=from_node)
    assert not sent
    assert answer_of(events) == answer_of(recorded)
    assert not of(events, "replay.diverged")


def test_a_mail_that_was_sent_is_not_sent_again_though_somebody_would_agree(stage, server):
    sent: list[object] = []
    server.decide_all("approve")
    recorded = stage.play(mailing(sent))
    assert len(sent) == 1
    events = stage.repeat(mailing(sent), recorded)
    assert (answer_of(events), len(sent)) == ("sent", 1)


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_behind_a_fork_a_mail_needs_to_be_agreed_to_anew(stage, server, decision):
    sent: list[object] = []
    server.decide_all("approve")
    recorded = stage.play(mailing(sent))
    server.decide_all(decision)
    stage.repeat(mailing(sent), recorded, "fork", from_node=sample(recorded, 1))
    assert len(sent) == (2 if decision == "approve" else 1)


@pytest.mark.parametrize("effect", ["irreversible", "write", "sideways"])
def test_a_plain_body_that_changes_the_world_is_not_run_again(stage, server, effect):
    sent: list[object] = []
    server.decide_all("approve")
    program = mailing(sent, plain=True, effect=effect)
    recorded = stage.play(program)
    stage.repeat(program, recorded)
    assert len(sent) == 1
    assert isinstance(stage.stopped, dl.Diverged)
    assert str(stage.stopped).startswith("tool send_email came to something else than recorded")


def test_what_a_lenient_replay_meets_behind_a_difference_is_not_final_either(stage, server):
    sent: list[object] = []
    server.decide_all("approve")

    def another():
        with dl.run("q") as run:
            run.tool("look", "elsewhere", "read").perform(lambda _: "looked")
            with pytest.raises(dl.NotApproved, match="cannot be taken back"):
                send(run, sent)
            with pytest.raises(dl.NotApproved), run.approval("publish"):
                sent.append("published")

    recorded = stage.play(mailing(sent))
    stage.repeat(another, recorded, strict=False)
    assert len(sent) == 1


def doing(outcomes):
    def solve():
        with dl.run("q") as run:
            with run.model_call(model="m", input="x") as call:
                if call.recorded is None or outcomes:
                    call.finish(output=outcomes.pop(0))
                else:
                    call.repeat()
            run.tool("after").perform(lambda _: "done")

    return solve


def test_a_plain_body_may_repeat_what_was_recorded_itself(stage):
    recorded = stage.play(doing(["yes"]))
    events = stage.repeat(doing([]), recorded)
    assert of(events, "replay.ended")[0].calls_recorded == 2
    assert [e.output for e in of(events, "node.ended")] == ["yes", "done"]


@pytest.mark.parametrize(("outcome", "is_same"), [("yes", True), ("no", False), (["yes"], False)])
def test_what_a_plain_body_comes_to_is_held_against_the_recording(stage, outcome, is_same):
    recorded = stage.play(doing(["yes"]))
    events = stage.repeat(doing([outcome]), recorded)
    told = of(events, "replay.diverged")
    assert (stage.stopped is None) is is_same is (not told)
    if not is_same:
        assert (told[0].difference, told[0].then) == (
            Difference.OTHER_OUTCOME,
            AfterDifference.STOPPED,
        )
        assert json.loads(told[0].got)["result"] == outcome
