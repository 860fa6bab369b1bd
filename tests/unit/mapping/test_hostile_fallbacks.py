"""Whatever a client puts under names of protocols, of agents, or of no convention at all, it is read and kept."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from deliberation.events.codec import decode, encode
from ingest.mapping import adk, agent_events, codex, map_log, map_span, mcp
from ingest.mapping.meaning import TAILS
from ingest.mapping.trace_of import trace_of
from tests.unit.mapping.making import RUN, make_log, make_span
from tests.unit.mapping.test_hostile_clients import SHAPE, VALUES
from tests.unit.mapping.told import RENAMED, leaves

FOREIGN = ["acme." + ".".join(tail) for tail in TAILS] + ["acme.usage.promptTokens", "tokens.out"]
PROTOCOL = [
    *(mcp.METHOD, mcp.RPC_METHOD, mcp.RPC_VERSION, mcp.RESOURCE, "request", "response"),
    *(*mcp.TOOLS, *mcp.ARGUMENTS, *mcp.RESULTS, "mcp.session.id", "error.type"),
]
OTHERS = [
    *(*codex.COUNTED, *codex.SUMMED, *adk.WORDS, "codex.op", "model", "events", "final_result"),
    *("request_data", "response_data", "logfire.span_type", "logfire.level_num", "logfire.msg"),
    *("logfire.msg_template", "duration", "agent_name", "all_messages_events"),
]
METHODS = st.sampled_from(["tools/call", "resources/read", "tools/list", "\ud800"])
ODD = VALUES | METHODS | st.sampled_from(["log", "span", "pending_span", 17, "17", 2.5])
ATTRIBUTES = st.dictionaries(st.sampled_from(FOREIGN + PROTOCOL + OTHERS), ODD, max_size=8)

OF_AGENTS = [
    *("event.name", "prompt", "decision", "success", "duration_ms", "model", "cost_usd"),
    *agent_events.TOOLS,
    *agent_events.CALL_IDS,
    *agent_events.ARGUMENTS,
    *agent_events.RESULTS,
    *agent_events.ERRORS,
    *agent_events.COUNTED,
]
SAID = st.dictionaries(st.sampled_from(OF_AGENTS), ODD, max_size=8)
WHAT = st.sampled_from([*agent_events.READERS, "something_new", "\ud800", ""])


@given(ATTRIBUTES, st.sampled_from([0, 0x100, 0x300]), st.sampled_from([1, 2, 3]))
@example({"logfire.span_type": "pending_span"}, 0, 1)
def test_any_attributes_are_read_and_none_is_lost(
    attributes: dict[str, Any], flags: int, kind: int
) -> None:
    events = map_span(make_span(attributes, flags=flags, kind=kind, name="tools/call \0"), RUN)
    assert len({event.key for event in events}) == len(events)
    for event in events:
        assert decode(encode(event)) == event
    # A pending root also starts its run, before its node.
    plain = next(plain for plain in map(encode, events) if "node" in plain)
    told, rest = set(leaves(plain)), json.loads(plain["attributes"])
    for key, value in attributes.items():
        if rest.get(key, rest) != value:
            assert set(leaves(value)) - told - SHAPE - RENAMED == set(), key


@given(WHAT, SAID, st.booleans())
def test_any_log_of_an_agent_is_read_and_nothing_is_lost(
    what: str, said: dict[str, Any], in_trace: bool
) -> None:
    place = {} if in_trace else {"trace_id": None, "span_id": None}
    record = make_log(said, event_name=f"acme.{what}", body={"a": [1]}, **place)
    assert trace_of(record)
    events = map_log(record, RUN)
    assert len({event.key for event in events}) == len(events)
    told: set[str] = set()
    for event in events:
        plain = encode(event)
        assert decode(plain) == event
        told |= set(leaves(plain))
    for key, value in said.items():
        assert set(leaves(value)) - told == set(), key


@given(SAID)
def test_any_event_of_a_span_is_read(said: dict[str, Any]) -> None:
    event = {"name": "e", "time": 5, "attributes": {**said, "event.name": "acme.tool_result"}}
    for made in map_span(make_span({}, events=[event, event]), RUN):
        assert decode(encode(made)) == made
