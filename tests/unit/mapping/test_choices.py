"""Several choices of one call are samples under it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.events import CandidateProposed, NodeObserved, RunEnded
from deliberation.vocabulary import NodeKind
from ingest.mapping import map_log, map_span
from tests.unit.mapping.making import RUN, SPAN, make_log, make_span

CALL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
ANSWERS = ["4", "4 ", "5"]


def choices(*answers: str) -> str:
    return json.dumps(
        [
            {
                "role": "assistant",
                "parts": [{"type": "text", "content": answer}],
                "finish_reason": "stop",
            }
            for answer in answers
        ]
    )


def samples_of(attributes: dict[str, Any]) -> tuple[list[NodeObserved], list[CandidateProposed]]:
    events = map_span(make_span(attributes), RUN)
    nodes = [each for each in events if isinstance(each, NodeObserved) and each.node != SPAN]
    return nodes, [each for each in events if isinstance(each, CandidateProposed)]


def test_it_works() -> None:
    output = choices(*ANSWERS)
    asked = {**CALL, "gen_ai.request.choice.count": 3, "gen_ai.output.messages": output}
    nodes, proposed = samples_of(asked)
    assert [(each.node, each.parent, each.rank) for each in nodes] == [
        (f"{SPAN}:c{n}", SPAN, n) for n in range(3)
    ]
    assert {each.node_kind for each in nodes} == {NodeKind.SAMPLE}
    assert [each.finish_reason for each in nodes] == ["stop"] * 3
    assert [json.loads(each.output or "") for each in nodes] == [[m] for m in json.loads(output)]
    assert [each.answer for each in proposed] == ANSWERS
    assert [each.normalised for each in proposed] == ["4", "4", "5"]


@pytest.mark.parametrize(
    "said",
    [
        {"gen_ai.response.finish_reasons": ["stop"] * 3},
        {"gen_ai.response.finish_reasons": '["stop","stop","stop"]'},
        {"llm.invocation_parameters": '{"model":"gpt-4o","n":3}'},
    ],
)
def test_the_number_may_be_told_in_other_ways(said: dict[str, Any]) -> None:
    nodes, _ = samples_of({**CALL, **said, "gen_ai.output.messages": choices(*ANSWERS)})
    assert len(nodes) == 3


def test_old_completions_are_numbered_choices() -> None:
    said = {
        "gen_ai.system": "openai",
        "llm.request.type": "chat",
        "gen_ai.completion.0.content": "4",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.1.content": "5",
        "gen_ai.completion.1.role": "assistant",
    }
    _, proposed = samples_of(said)
    assert [each.answer for each in proposed] == ["4", "5"]


def test_openinference_numbers_its_messages() -> None:
    said = {
        "openinference.span.kind": "LLM",
        "llm.invocation_parameters": '{"n": 2}',
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "4",
        "llm.output_messages.1.message.role": "assistant",
        "llm.output_messages.1.message.content": "5",
    }
    _, proposed = samples_of(said)
    assert [each.answer for each in proposed] == ["4", "5"]


@pytest.mark.parametrize(
    "said",
    [
        {"gen_ai.output.messages": choices("4")},
        {"gen_ai.output.messages": choices("hm", "4")},
        {"gen_ai.output.messages": choices("hm", "4"), "gen_ai.request.choice.count": 1},
        {"gen_ai.output.messages": choices("4", "5"), "gen_ai.request.choice.count": 3},
        {"gen_ai.output.messages": choices("4", "5"), "gen_ai.operation.name": "invoke_agent"},
        {"gen_ai.output.messages": '"parts" and "parts"', "gen_ai.request.choice.count": 2},
    ],
)
def test_one_answer_in_several_messages_is_no_choice(said: dict[str, Any]) -> None:
    assert samples_of({**CALL, **said}) == ([], [])


def test_a_choice_without_words_is_a_sample_and_no_candidate() -> None:
    call = {"type": "tool_call", "name": "add", "arguments": {}}
    messages = [{"role": "assistant", "parts": [call]} for _ in range(2)]
    nodes, proposed = samples_of(
        {**CALL, "gen_ai.request.choice.count": 2, "gen_ai.output.messages": json.dumps(messages)}
    )
    assert len(nodes) == 2
    assert not proposed


def test_a_log_tells_of_its_choice() -> None:
    body = {"index": 1, "finish_reason": "stop", "message": {"content": "5"}}
    events = map_log(make_log(event_name="gen_ai.choice", body=body, span_id=SPAN), RUN)
    (node,) = (each for each in events if isinstance(each, NodeObserved))
    (proposed,) = (each for each in events if isinstance(each, CandidateProposed))
    assert (node.node, node.parent, proposed.answer) == (f"{SPAN}:c1", SPAN, "5")


def test_the_same_span_again_makes_the_same_facts() -> None:
    asked = {
        **CALL,
        "gen_ai.request.choice.count": 2,
        "gen_ai.output.messages": choices("4", "5"),
    }
    first, second = (map_span(make_span(asked), RUN) for _ in range(2))
    assert first == second
    assert len({each.key for each in first}) == len(first)


def test_why_each_of_them_ended_may_be_told_by_another_convention() -> None:
    said = {"openinference.span.kind": "LLM", "llm.finish_reason": "stop,stop"}
    answers = {
        f"llm.output_messages.{n}.message.{name}": value
        for n, each in enumerate("45")
        for name, value in (("role", "assistant"), ("content", each))
    }
    nodes, _ = samples_of({**said, **answers})
    assert len(nodes) == 2


def test_a_run_that_is_one_call_with_several_choices_has_no_answer() -> None:
    def answer(*said: str) -> str | None:
        asked = {**CALL, "gen_ai.request.choice.count": len(said)}
        root = make_span({**asked, "gen_ai.output.messages": choices(*said)}, parent_id=None)
        [ended] = [each for each in map_span(root, RUN) if isinstance(each, RunEnded)]
        return ended.answer

    assert answer("4") == "4"
    assert answer("4", "5") is None
