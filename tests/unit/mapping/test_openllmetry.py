"""OpenLLMetry and the Traceloop SDK, before 0.5 and since."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.vocabulary import CostBasis, NodeKind, TextVisibility, Usage
from tests.unit.mapping.making import observe, rest_of

CALL: dict[str, Any] = {
    "llm.request.type": "chat",
    "gen_ai.system": "OpenAI",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.prompt.10.role": "user",
    "gen_ai.prompt.10.content": "and?",
    "gen_ai.prompt.2.role": "user",
    "gen_ai.prompt.2.content": "6*7?",
    "llm.request.functions.0.name": "calc",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.usage.prompt_tokens": 10,
    "gen_ai.usage.completion_tokens": 20,
    "gen_ai.usage.cache_read_input_tokens": 4,
    "llm.usage.total_tokens": 30,
    "gen_ai.completion.0.finish_reason": "stop",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": "42",
}


def text(content: Any) -> dict[str, Any]:
    """Return a text part."""
    return {"type": "text", "content": content}


def said(fields: dict[str, Any], prefix: str = "gen_ai.completion.") -> list[Any]:
    """Return the messages that fields under a prefix become."""
    attributes = {prefix + key: value for key, value in fields.items()}
    node = observe({"llm.request.type": "chat", **attributes})
    assert not set(attributes) & set(rest_of(node))
    messages: list[Any] = json.loads((node.output if "completion" in prefix else node.input) or "")
    return messages


def test_it_works() -> None:
    node = observe(CALL)
    assert node.node_kind is NodeKind.MODEL_CALL
    assert (node.model, node.provider) == ("gpt-4o-2024-08-06", "openai")
    assert (node.response_id, node.finish_reason) == ("chatcmpl-1", "stop")
    assert node.usage == Usage(input=10, output=20, cache_read=4)
    assert (node.cost_basis, node.text_visibility) == (CostBasis.MEASURED, TextVisibility.FULL)
    asked = [message["parts"] for message in json.loads(node.input or "")]
    assert asked == [[text("6*7?")], [text("and?")]]
    answer = {"role": "assistant", "parts": [text("42")], "finish_reason": "stop"}
    assert json.loads(node.output or "") == [answer]
    rest = rest_of(node)
    assert rest["deliberation.convention"] == "openllmetry+genai"
    assert (rest["gen_ai.system"], rest["gen_ai.request.model"]) == ("OpenAI", "gpt-4o")
    assert rest["llm.request.functions.0.name"] == "calc"
    assert not [key for key in rest if key.startswith(("gen_ai.prompt.", "gen_ai.completion."))]


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"llm.request.type": "completion"}, NodeKind.MODEL_CALL),
        ({"llm.request.type": "embedding"}, NodeKind.RETRIEVAL),
        ({"llm.request.type": "rerank"}, NodeKind.RETRIEVAL),
        ({"llm.request.type": "unknown"}, NodeKind.MODEL_CALL),
        ({"gen_ai.completion.0.content": "x"}, NodeKind.MODEL_CALL),
        ({"traceloop.span.kind": "workflow"}, NodeKind.STEP),
        ({"traceloop.span.kind": "task"}, NodeKind.STEP),
        ({"traceloop.span.kind": "agent"}, NodeKind.AGENT),
        ({"traceloop.span.kind": "tool"}, NodeKind.TOOL_CALL),
        ({"traceloop.span.kind": "unheard"}, NodeKind.STEP),
        ({"traceloop.span.kind": 7}, NodeKind.STEP),
        ({"traceloop.span.kind": "task", "llm.request.type": "chat"}, NodeKind.MODEL_CALL),
        ({"traceloop.span.kind": "task", "gen_ai.prompt.0.role": "u"}, NodeKind.MODEL_CALL),
        ({"traceloop.span.kind": "task", "gen_ai.operation.name": "chat"}, NodeKind.MODEL_CALL),
        (
            {"traceloop.span.kind": "workflow", "gen_ai.operation.name": "invoke_agent"},
            NodeKind.AGENT,
        ),
        (
            {"traceloop.span.kind": "task", "gen_ai.operation.name": "vector_db_retrieve"},
            NodeKind.RETRIEVAL,
        ),
        ({"db.system": "chroma", "db.chroma.query.n_results": 3}, NodeKind.RETRIEVAL),
        ({"db.system": "pinecone", "pinecone.query.top_k": 3}, NodeKind.RETRIEVAL),
        ({"db.system": "chroma", "db.chroma.add.ids_count": 3}, NodeKind.STEP),
    ],
)
def test_the_kind_is_the_request_s_or_the_part_s(
    attributes: dict[str, Any], kind: NodeKind
) -> None:
    assert observe(attributes).node_kind is kind


@pytest.mark.parametrize(
    ("named", "provider"),
    [("OpenAI", "openai"), ("AWS", "aws.bedrock"), ("Google", "gcp.gen_ai"), ("groq", "groq")],
)
def test_providers_have_the_names_of_today(named: str, provider: str) -> None:
    assert observe({**CALL, "gen_ai.system": named}).provider == provider


def test_a_call_of_today_is_read_by_genai_s_rules() -> None:
    part = {"traceloop.span.kind": "task", "traceloop.entity.input": '{"inputs":"x"}'}
    asked = '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]'
    now = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": asked}
    node = observe({**part, **now, "gen_ai.usage.input_tokens": 3, "gen_ai.system": "openai"})
    assert (node.node_kind, node.input) == (NodeKind.MODEL_CALL, asked)
    assert (node.usage, node.cost_basis) == (Usage(input=3), CostBasis.MEASURED)
    assert rest_of(node)["traceloop.entity.input"] == '{"inputs":"x"}'


def test_the_names_of_the_first_versions_are_read_too() -> None:
    node = observe(
        {
            "llm.request.type": "chat",
            "llm.vendor": "OpenAI",
            "llm.request.model": "gpt-4",
            "llm.usage.prompt_tokens": 3,
            "llm.usage.completion_tokens": 4,
            "llm.prompts.0.user": "hi",
            "llm.completions.0.function_call.name": "calc",
            "llm.completions.0.function_call.arguments": "{}",
            "llm.response.finish_reason": "function_call",
        }
    )
    assert (node.model, node.provider, node.finish_reason) == ("gpt-4", "openai", "function_call")
    assert node.usage == Usage(input=3, output=4)
    assert json.loads(node.input or "") == [{"role": "user", "parts": [text("hi")]}]
    [answer] = json.loads(node.output or "")
    assert answer["parts"] == [{"type": "tool_call", "name": "calc", "arguments": "{}"}]


def test_sums_of_a_part_have_no_basis() -> None:
    node = observe({"traceloop.span.kind": "agent", "gen_ai.usage.input_tokens": 9})
    assert (node.usage, node.cost_basis) == (Usage(input=9), None)


def test_tool_calls_and_their_results_are_parts() -> None:
    asked = {"tool_calls.1.name": "b", "tool_calls.0.id": "c1", "tool_calls.0.name": "a"}
    asked |= {"tool_calls.0.arguments": '{"x": ', "content": None}
    answered = {"role": "tool", "tool_call_id": "c1", "content": '{"n": 42}'}
    fields = {f"0.{key}": value for key, value in asked.items() if value is not None}
    fields |= {f"1.{key}": value for key, value in answered.items()}
    called, result = said(fields, "gen_ai.prompt.")
    assert called["parts"] == [
        {"type": "tool_call", "id": "c1", "name": "a", "arguments": '{"x": '},
        {"type": "tool_call", "name": "b"},
    ]
    answer = {"type": "tool_result", "id": "c1", "result": '{"n": 42}'}
    assert result == {"role": "tool", "parts": [answer]}


def test_each_completion_is_a_choice_and_their_reasons_are_told_together() -> None:
    more = {"gen_ai.completion.1.content": "43", "gen_ai.completion.1.finish_reason": "length"}
    node = observe({**CALL, **more})
    assert node.finish_reason == "stop,length"
    assert [choice["parts"] for choice in json.loads(node.output or "")] == [
        [text("42")],
        [text("43")],
    ]


def test_what_was_thought_belongs_to_the_answer_after_it() -> None:
    thought = {"0.role": "thinking", "0.content": "hm", "0.finish_reason": "end_turn"}
    answer = {"1.role": "assistant", "1.content": "42"}
    reasoning = {"type": "reasoning", "content": "hm"}
    [message] = said({**thought, **answer})
    assert message == {
        "role": "assistant",
        "parts": [reasoning, text("42")],
        "finish_reason": "end_turn",
    }
    [alone] = said(thought)
    assert (alone["role"], alone["parts"]) == ("assistant", [reasoning])
    two = said({**thought, **answer, "1.finish_reason": "other"})
    assert [message["finish_reason"] for message in two] == ["end_turn", "other"]


def test_a_list_of_parts_of_a_provider_becomes_parts() -> None:
    parts = [
        {"type": "text", "text": "see", "cache_control": {"type": "ephemeral"}},
        {"type": "image_url", "image_url": {"url": "https://x/y", "detail": "low"}},
        {"type": "tool_use", "id": "c1", "name": "calc", "input": {"a": 1}},
        {"type": "tool_result", "tool_use_id": "c1", "content": "42"},
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "new", "x": 1},
    ]
    [message] = said({"0.role": "user", "0.content": json.dumps(parts)}, "gen_ai.prompt.")
    assert message["parts"] == [
        {"type": "text", "content": "see", "cache_control": {"type": "ephemeral"}},
        {"type": "image", "url": "https://x/y", "detail": "low"},
        {"type": "tool_call", "id": "c1", "name": "calc", "arguments": {"a": 1}},
        {"type": "tool_result", "id": "c1", "result": "42"},
        {"type": "reasoning", "content": "hm", "signature": "s"},
        {"type": "new", "x": 1},
    ]


@pytest.mark.parametrize("content", ["[1, 2]", "[broken", '["a"]', "[]", 7, [1], {"type": "x"}])
def test_other_content_stays_one_text(content: Any) -> None:
    assert said({"0.content": content})[0]["parts"] == [text(content)]


@pytest.mark.parametrize(
    "odd",
    [
        {"gen_ai.prompt.x.role": "r"},
        {"gen_ai.prompt.0": "r"},
        {"gen_ai.prompt.0.parts": "p", "gen_ai.prompt.0.tool_calls": "t"},
        {"gen_ai.prompt.0.content.deeper": "d"},
        {"gen_ai.prompt.0.tool_calls.0.type": "function"},
        {"gen_ai.prompt.00.role": "second", "gen_ai.prompt.0.role": "first"},
        {"gen_ai.prompt.99999999.role": "r", "gen_ai.prompt.\u0663.role": "r"},
    ],
)
def test_keys_that_do_not_fit_or_are_in_each_other_s_way_stay(odd: dict[str, Any]) -> None:
    node = observe({"llm.request.type": "chat", **odd})
    kept = {**rest_of(node), **({"told": node.input} if node.input else {})}
    for key, value in odd.items():
        assert kept.get(key) == value or value in kept["told"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('{"args": ["6*7"], "kwargs": {}}', "6*7"),
        ('{"args": [], "kwargs": {"a": 1}}', '{"a":1}'),
        ('{"args": [1], "kwargs": {"a": 1}}', '{"args": [1], "kwargs": {"a": 1}}'),
        ('{"inputs": {"q": "x"}, "tags": [], "kwargs": {}}', '{"q":"x"}'),
        ('{"input_str": "{\'a\': 1}", "tags": []}', "{'a': 1}"),
        ('{"input_str": "s", "inputs": {"a": 1}}', '{"a":1}'),
        ('{"query": "lemma", "tags": []}', "lemma"),
        ('{"query": "q", "nodes": []}', '{"query": "q", "nodes": []}'),
        ('"plain"', "plain"),
        ('{"answer": 42}', '{"answer": 42}'),
        ('{"inputs": {broken', '{"inputs": {broken'),
        ('{"inputs": null}', '{"inputs": null}'),
        ("6*7", "6*7"),
        ({"a": 1}, '{"a":1}'),
    ],
)
def test_what_a_part_was_given_is_taken_out_of_its_wrapper(written: Any, read: str) -> None:
    node = observe({"traceloop.span.kind": "task", "traceloop.entity.input": written})
    assert node.input == read
    whole = read == written or written in ('"plain"', {"a": 1})
    assert rest_of(node).get("traceloop.entity.input") == (None if whole else written)


def test_a_tool_s_message_is_its_text_and_what_is_said_twice_is_kept_once() -> None:
    inner = {"lc": 1, "type": "constructor", "kwargs": {"content": "42", "tool_call_id": "c1"}}
    written = json.dumps({"output": inner, "kwargs": {}})
    node = observe(
        {
            "traceloop.span.kind": "tool",
            "traceloop.entity.name": "calc",
            "traceloop.entity.output": written,
            "gen_ai.tool.name": "calc",
            "gen_ai.tool.call.result": written,
        }
    )
    assert (node.tool, node.output) == ("calc", "42")
    rest = rest_of(node)
    assert rest["traceloop.entity.output"] == written
    assert not {"gen_ai.tool.name", "gen_ai.tool.call.result"} & set(rest)


def test_a_tool_is_named_by_its_entity_by_genai_or_by_its_span() -> None:
    tool = {"traceloop.span.kind": "tool"}
    assert observe({**tool, "traceloop.entity.name": "a", "gen_ai.tool.name": "b"}).tool == "a"
    assert observe({**tool, "gen_ai.tool.name": "b"}).tool == "b"
    assert observe(tool, name="c").tool == "c"


def test_a_function_that_is_called_with_nothing_is_asked_nothing() -> None:
    step = {"traceloop.span.kind": "workflow", "traceloop.entity.input": '{"args":[],"kwargs":{}}'}
    node = observe(step)
    assert node.input is None
    assert rest_of(node)["traceloop.entity.input"] == '{"args":[],"kwargs":{}}'


def test_a_task_that_gives_a_tool_s_output_is_the_tool() -> None:
    output = '{"blocks": [], "tool_name": "weather", "raw_input": {}, "raw_output": "21"}'
    task = {
        "traceloop.span.kind": "task",
        "traceloop.entity.input": '{"kwargs": {"city": "Paris"}}',
    }
    node = observe({**task, "traceloop.entity.output": output})
    assert (node.node_kind, node.tool, node.input) == (
        *(NodeKind.TOOL_CALL, "weather", '{"city":"Paris"}'),
    )
    around = json.dumps({"tool_name": "weather", "tool_output": json.loads(output)})
    assert observe({**task, "traceloop.entity.output": around}).node_kind is NodeKind.STEP


def test_summaries_of_a_thought_are_its_words() -> None:
    summaries = [{"text": "hm", "type": "summary_text"}, {"text": "so", "type": "summary_text"}]
    part = {"type": "reasoning", "content": json.dumps(summaries)}
    messages = json.dumps([{"role": "assistant", "parts": [part]}])
    call = {"gen_ai.operation.name": "chat", "gen_ai.output.messages": messages}
    assert observe(call).reasoning == "hm\n\nso"
    part["content"] = '[{"x": 1}]'
    messages = json.dumps([{"role": "assistant", "parts": [part]}])
    assert observe({**call, "gen_ai.output.messages": messages}).reasoning == '[{"x": 1}]'
