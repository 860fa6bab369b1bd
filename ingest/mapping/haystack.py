"""Haystack's own tracer (`haystack.*`): spans of pipelines, their components, and agents with their steps.

    haystack.component.type             OpenAIChatGenerator, InMemoryBM25Retriever, …
    haystack.component.input, .output   JSON, where HAYSTACK_CONTENT_TRACING_ENABLED is true

Each reply of a call repeats the usage of the call. Source: the package `opentelemetry-haystack`, Haystack's
`core/pipeline` and `components/agents/agent.py`; the names of components end in what they do.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import CostBasis, NodeKind
from ingest.mapping.bodies import member_of, value_of
from ingest.mapping.content import reasoning_in
from ingest.mapping.haystack_bodies import (
    about_replies,
    asked_of_model,
    last_words,
    only_reply,
    said_by_model,
    text,
)
from ingest.mapping.source import Keys, Source
from ingest.mapping.stated_usage import usage_in
from ingest.mapping.take import fact_text, take_fact
from ingest.mapping.tool_result import take_result
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NAME = "haystack"
PREFIX = "haystack."
COMPONENT, TYPE = "haystack.component.name", "haystack.component.type"
TOOL, AGENT = "haystack.tool.name", "haystack.agent.max_steps"
TOOL_INPUT, TOOL_OUTPUT = "haystack.agent.step.tool.input", "haystack.agent.step.tool.output"
CALL = "haystack.agent.step.llm."
INPUTS = (
    *("haystack.component.input", "haystack.agent.step.llm.input"),
    *("haystack.agent.input", "haystack.pipeline.input_data"),
)
OUTPUTS = (
    *("haystack.component.output", "haystack.agent.step.llm.output"),
    *("haystack.agent.output", "haystack.pipeline.output_data"),
)
READ = frozenset({COMPONENT, TYPE, AGENT, *INPUTS, *OUTPUTS})
ENDINGS = {
    "Generator": NodeKind.MODEL_CALL,
    "Retriever": NodeKind.RETRIEVAL,
    "Embedder": NodeKind.RETRIEVAL,
    "Ranker": NodeKind.RETRIEVAL,
    "WebSearch": NodeKind.RETRIEVAL,
    "Evaluator": NodeKind.VERIFICATION,
}


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record has an attribute of Haystack's."""
    return any(key.startswith(PREFIX) for key in keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes; bodies say more than facts tell, and stay."""
    kind = kind_of(rest)
    facts: dict[str, Any] = {"node_kind": kind, "name": fact_text(rest.get(COMPONENT))}
    if kind is NodeKind.TOOL_CALL:
        facts["tool"] = take_fact(rest, TOOL)
        facts["input"] = take_result(rest, TOOL_INPUT)
        facts["output"] = take_result(rest, TOOL_OUTPUT)
        return facts
    asked, said = _body(rest, INPUTS), _body(rest, OUTPUTS)
    facts["input"], facts["output"] = _asked(asked, kind), _said(said, kind)
    if kind in (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL):
        _fill_call(facts, said)
    return facts


def kind_of(attributes: Attributes) -> NodeKind:
    """Return the kind by what a step of an agent is called, or by what a component's class is."""
    if any(name.startswith(CALL) for name in attributes):
        return NodeKind.MODEL_CALL
    if TOOL in attributes:
        return NodeKind.TOOL_CALL
    if AGENT in attributes:
        return NodeKind.AGENT
    named = str(attributes.get(TYPE, ""))
    return next((kind for end, kind in ENDINGS.items() if named.endswith(end)), NodeKind.STEP)


def _body(attributes: Attributes, names: tuple[str, ...]) -> Any:
    found = (attributes.get(name) for name in names)
    return value_of(next((each for each in found if each is not None), None))


def _asked(body: Any, kind: NodeKind) -> str | None:
    if kind is NodeKind.MODEL_CALL:
        return asked_of_model(body)
    asked = last_words(body, "user") if kind is NodeKind.AGENT else member_of(body, "query")
    return asked if asked and isinstance(asked, str) else text(body)


def _said(body: Any, kind: NodeKind) -> str | None:
    if kind is NodeKind.MODEL_CALL:
        return said_by_model(body)
    words = last_words(body, "assistant") if kind is NodeKind.AGENT else only_reply(body)
    return words or text(body)


def _fill_call(facts: dict[str, Any], body: Any) -> None:
    about = about_replies(body)
    first = about[0] if about else {}
    facts["model"] = fact_text(first.get("model"))
    reasons = [str(each["finish_reason"]) for each in about if each.get("finish_reason")]
    if len(reasons) == len(about):
        facts["finish_reason"] = fact_text(",".join(reasons))
    usage = usage_in(first.get("usage"))
    if usage is not None:
        facts["usage"] = usage
        facts["cost_basis"] = CostBasis.MEASURED
    facts["reasoning"] = reasoning_in(facts["output"])
    facts["text_visibility"] = visibility(facts, usage)
