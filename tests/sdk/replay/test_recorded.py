"""A run is repeated from its recording: every call is answered, nothing is done again."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

import deliberation as dl
from deliberation.vocabulary import AfterDifference, Difference, ObservedState
from tests.sdk.replay.repeating import answer_of, keys, of


@pytest.fixture
def program(ask, asked):
    def look(tool):
        asked.append("search")
        return {"found": list(tool.arguments.values())}

    def solve():
        with dl.run("q") as run:
            first = run.model_call(model="m", input="6 * 7?").perform(ask)
            again = run.model_call(model="m", input="6 * 7?").perform(ask)
            found = run.tool("search", {"words": first}, "read").perform(look)
            score = run.verifier("judge@1", again).perform(lambda call: [0.1 + 0.2, None])
            drawn = run.random.random(), run.stream("other").random(), run.now().isoformat()
            run.finish(answer=json.dumps([first, again, found, score, drawn]))

    return solve


def test_it_works(stage, program, asked):
    recorded = stage.play(program)
    assert len(asked) == 3
    for _ in range(2):
        events = stage.repeat(program, recorded)
        assert (keys(events), answer_of(events)) == (keys(recorded), answer_of(recorded))
        assert len(asked) == 3
        (counted,) = of(events, "replay.ended")
        told = (counted.calls_recorded, counted.calls_live, counted.diverged, counted.unused)
        assert told == (7, 0, 0, 0)
        assert not of(events, "replay.diverged")


def test_a_replay_says_what_it_repeats_and_which_entry_answered_each_call(stage, program):
    recorded = stage.play(program)
    events = stage.repeat(program, recorded)
    (started,) = of(events, "run.started")
    assert (started.replay_of, started.replay_mode) == (recorded[0].run, "recorded")
    assert started.replay_job == stage.replay.job.id
    answered = {e.node: e.recorded_seq for e in of(events, "node.ended")}
    by_key = {e.call_key: e for e in of(recorded, "node.started")}
    for call in of(events, "node.started"):
        ended = stage.server.events[answered[call.node] - 1]
        assert (ended.KIND, ended.node) == ("node.ended", by_key[call.call_key].node)
    usages = [e.usage for e in of(recorded, "node.ended")]
    assert [e.usage for e in of(events, "node.ended")] == usages
    assert len([usage for usage in usages if usage]) == 2


def test_what_was_raised_is_raised_again(stage, asked):
    class Odd(Exception):
        def __init__(self, one, two):
            super().__init__(f"{one} and {two}")

    def fail(tool):
        asked.append(tool)
        raise {"os": FileNotFoundError(2, "none", "x"), "own": Odd(1, 2)}[tool.arguments]

    def solve():
        with dl.run("q") as run:
            said = []
            for which in ("os", "own"):
                try:
                    run.tool("fails", which).perform(fail)
                except Exception as error:
                    said.append(f"{type(error).__name__}: {error}")
            run.finish(answer="; ".join(said))

    recorded = stage.play(solve)
    events = stage.repeat(solve, recorded)
    assert len(asked) == 2
    assert answer_of(recorded) == "FileNotFoundError: [Errno 2] none: 'x'; Odd: 1 and 2"
    first, second = answer_of(events).split("; ")
    assert first == "FileNotFoundError: [Errno 2] none: 'x'"
    assert second.startswith("RecordedError: ")  # its class cannot be had by name: it is local
    assert second.endswith("Odd: 1 and 2")
    errors = [e.error for e in of(recorded, "node.ended")]
    assert [e.error for e in of(events, "node.ended")] == errors


def changed(ask, words):
    def solve():
        with dl.run("q") as run:
            said = [run.model_call(model="m", input=word).perform(ask) for word in words]
            run.finish(answer=" ".join(said))

    return solve


def test_a_strict_replay_ends_at_the_first_call_that_differs_and_shows_both_sides(
    stage, ask, asked
):
    recorded = stage.play(changed(ask, ["a", "b", "c"]))
    events = stage.repeat(changed(ask, ["a", "B", "c"]), recorded)
    assert len(asked) == 3
    assert isinstance(stage.stopped, dl.Diverged)
    assert str(stage.stopped) == "model m was called, which the recorded run had not done"
    (told,) = of(events, "replay.diverged")
    assert (told.difference, told.then) == (Difference.NOT_RECORDED, AfterDifference.STOPPED)
    assert json.loads(told.expected) == {
        "name": "m",
        "arguments": '{"input":"b"}',
        "result": "answer 2",
    }
    assert json.loads(told.got) == {"name": "m", "arguments": '{"input":"B"}'}
    assert told.recorded_key == keys(recorded)[1]
    assert told.call_key == keys(events)[1]
    (ended,) = of(events, "run.ended")
    assert (ended.state, ended.stop_reason) == (ObservedState.FAILED, "stopped: diverged")
    (counted,) = of(events, "replay.ended")
    assert (counted.calls_recorded, counted.diverged, counted.unused) == (1, 1, 2)


def test_a_lenient_replay_goes_live_there_and_says_so(stage, ask, asked):
    recorded = stage.play(changed(ask, ["a", "b", "c"]))
    events = stage.repeat(changed(ask, ["a", "B", "c"]), recorded, strict=False)
    assert len(asked) == 5
    assert answer_of(events) == "answer 1 answer 4 answer 5"
    (told,) = of(events, "replay.diverged")
    assert (told.difference, told.then) == (Difference.NOT_RECORDED, AfterDifference.LIVE)
    (counted,) = of(events, "replay.ended")
    assert (counted.calls_recorded, counted.calls_live, counted.diverged) == (1, 2, 1)


def test_recorded_calls_that_were_never_asked_for_are_told_and_counted(stage, ask):
    recorded = stage.play(changed(ask, [f"{n}" for n in range(30)]))
    events = stage.repeat(changed(ask, ["0"]), recorded)
    told = of(events, "replay.diverged")
    assert {each.difference for each in told} == {Difference.NEVER_ASKED}
    assert [each.recorded_key for each in told] == keys(recorded)[1:21]
    assert all(each.call_key is None for each in told)
    assert of(events, "replay.ended")[0].unused == 29


def test_a_result_that_is_gone_is_refused_with_its_reason(stage, ask, asked):
    def without_its_result(lines):
        header, *calls = lines.splitlines(keepends=True)
        gone = {**json.loads(calls[1]), "result": None, "withheld": True, "why": "redacted"}
        return b"".join([header, calls[0], json.dumps(gone).encode() + b"\n", *calls[2:]])

    program = changed(ask, ["a", "b", "c"])
    recorded = stage.play(program)
    stage.repeat(program, recorded, change=without_its_result)
    assert str(stage.stopped).startswith("the recording has no answer for model m (entry ")
    assert str(stage.stopped).endswith("redacted")
    assert len(asked) == 3


def test_what_json_cannot_hold_is_given_to_the_program_and_not_to_a_replay(stage):
    def solve():
        with dl.run("q") as run:
            run.finish(answer=str(run.tool("t").perform(lambda _: {1, 2})))

    recorded = stage.play(solve)
    assert answer_of(recorded) == "{1, 2}"
    stage.repeat(solve, recorded)
    assert str(stage.stopped).endswith("its result is kept as repr")


@pytest.mark.parametrize("value", ["", "42", "null", 42, 0.1, None, [], {"a": [1, None]}, True])
def test_text_and_json_come_back_as_what_they_were(stage, value):
    got = []

    def solve():
        with dl.run("q") as run:
            got.append(run.tool("t").perform(lambda _: value))

    stage.repeat(solve, stage.play(solve))
    assert got == [value, value]
    assert [type(each) for each in got] == [type(value)] * 2


def test_tasks_and_threads_find_their_own_answers_in_any_order(stage):
    def solve(order):
        with dl.run("q") as run:
            found = {}

            def work(n):
                found[n] = run.tool("t", n).perform(lambda _: f"{n} squared is {n * n}")

            threads = [threading.Thread(target=work, args=(n,)) for n in order]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            run.finish(answer=json.dumps(sorted(found.items())))

    recorded = stage.play(solve, order=range(20))
    events = stage.repeat(solve, recorded, given={"order": range(19, -1, -1)})
    assert sorted(keys(events)) == sorted(keys(recorded))
    assert answer_of(events) == answer_of(recorded)
    assert of(events, "replay.ended")[0].calls_recorded == 20


def test_calls_of_tasks_are_repeated_too(stage, asked):
    async def look(tool):
        asked.append(tool)
        await asyncio.sleep(0)
        return tool.arguments * 2

    async def solve():
        async with dl.run("q") as run:
            calls = (run.tool("double", n).aperform(look) for n in range(5))
            run.finish(answer=str(await asyncio.gather(*calls)))

    recorded = stage.play(lambda: asyncio.run(solve()))
    events = stage.repeat(lambda: asyncio.run(solve()), recorded)
    assert (answer_of(events), len(asked)) == ("[0, 2, 4, 6, 8]", 5)


def test_what_a_performed_call_does_inside_is_not_asked_for_again(stage, ask, asked):
    def solve():
        with dl.run("q") as run:
            before = run.random.random()
            said = run.tool("think").perform(
                lambda tool: [run.model_call(model="m").perform(ask), run.random.random()]
            )
            run.finish(answer=str([before, said, run.random.random()]))

    recorded = stage.play(solve)
    assert len(keys(recorded)) == 2
    events = stage.repeat(solve, recorded)
    assert answer_of(events) == answer_of(recorded)
    assert not of(events, "replay.diverged")
    assert len(asked) == 1


def test_a_second_run_of_the_entry_point_does_not_begin(stage, program, ask, asked):
    def twice():
        program()
        program()

    recorded = stage.play(program)
    events = stage.repeat(twice, recorded)
    assert isinstance(stage.stopped, dl.Stopped)
    assert len({event.run for event in events}) == 1
    assert len(asked) == 3
