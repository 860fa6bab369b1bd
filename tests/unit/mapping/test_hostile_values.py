"""Whatever stands in the attributes, mapping makes events that can be written and read again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.events.codec import decode, encode
from ingest.mapping import genai, map_log, map_span
from ingest.mapping.deliberation import USED
from ingest.mapping.usage import GENAI, OPENINFERENCE
from tests.unit.mapping.making import RUN, make_log, make_span

NAMES = sorted(
    {
        *genai.EVIDENCE,
        *USED,
        *(name for names in (GENAI, OPENINFERENCE) for each in names.values() for name in each),
    }
    | {
        "gen_ai.operation.name",
        "gen_ai.system_instructions",
        "gen_ai.response.finish_reasons",
        "gen_ai.tool.call.arguments",
        "operation.cost",
        "llm.cost.total",
        "openinference.span.kind",
        "input.value",
        "output.value",
        "llm.input_messages.0.message.role",
        "llm.input_messages.0.message.contents.0.message_content.type",
        "llm.output_messages.0.message.tool_calls.0.tool_call",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id",
        "logfire.span_type",
        "final_result",
        "tag.tags",
        "session.id",
        "error.type",
    }
)
TEXTS = st.sampled_from(
    ["LLM", "chat", "true", "[]", '[{"role":"user","parts":[{"type":"thinking"}]}]', "\ud800"]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS | st.text(max_size=20)
)
SCALARS |= st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "parts", "type", "content", "text", "é"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
ATTRIBUTES = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=6), VALUES, max_size=8)


@given(ATTRIBUTES, st.sampled_from([None, "ef" * 8]), st.sampled_from([None, 7]))
def test_any_attributes_become_events(
    attributes: dict[str, Any], parent: str | None, ended: int | None
) -> None:
    span = make_span(attributes, parent_id=parent, ended_at=ended, name="\0\ud800")
    for event in map_span(span, RUN):
        assert decode(encode(event)) == event
    for event in map_log(make_log(attributes, body=attributes), RUN):
        assert decode(encode(event)) == event


@pytest.mark.parametrize("depth", [100, 250, 300, 900, 1020, 5000, 100_000])
@pytest.mark.parametrize(
    "name", ["gen_ai.output.messages", "gen_ai.response.finish_reasons", "tag.tags"]
)
def test_json_nested_beyond_reason_stays_text(name: str, depth: int) -> None:
    deep = '["thinking", "reasoning", 1234567890123456789, ' + "[" * depth + "]" * depth + "]"
    attributes = {"gen_ai.operation.name": "chat", name: deep, "gen_ai.system_instructions": deep}
    events = map_span(make_span(attributes, parent_id=None), RUN)
    assert len(events) == 3
