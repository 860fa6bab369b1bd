"""Nodes as OTLP/JSON (opentelemetry-proto, trace/v1, in its JSON encoding): spans that other tools read.

Ids are those of the trace where the run has them; others are the first bytes of the SHA-256 of what its source wrote,
so that the same run gives the same spans. Texts are not in it: they stand once, in the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from deliberation.ledger.canonical import dump

TRACE_ID, SPAN_ID = re.compile("[0-9a-f]{32}"), re.compile("[0-9a-f]{16}")
INTERNAL, CLIENT = 1, 3
OPERATIONS = {"model_call": "chat", "tool_call": "execute_tool", "agent": "invoke_agent"}
SCOPE = "deliberation"
ERROR = 2
Facts = Mapping[str, Any]
"""Columns of a node by name; see `traces.models.Node`."""


def otlp_json(run: str, trace_id: str | None, nodes: Iterable[Facts]) -> Iterator[bytes]:
    """Yield one TracesData of a run by portions."""
    trace = trace_id if trace_id and TRACE_ID.fullmatch(trace_id) else _hashed(run, 16)
    resource = dump({"attributes": [_attribute("deliberation.run.id", run)]})
    yield b'{"resourceSpans":[{"resource":%s,"scopeSpans":[{"scope":{"name":"%s"},"spans":[' % (
        resource,
        SCOPE.encode(),
    )
    for at, node in enumerate(nodes):
        yield (b"," if at else b"") + dump(_span(trace, node))
    yield b"]}]}]}\n"


def _span(trace: str, node: Facts) -> dict[str, Any]:
    span: dict[str, Any] = {
        "traceId": trace,
        "spanId": _span_id(node["node_id"]),
        "name": node["tool"] or node["model"] or node["kind"],
        "kind": CLIENT if node["kind"] == "model_call" else INTERNAL,
        "startTimeUnixNano": str(node["started_ns"] or node["ended_ns"] or 0),
        "endTimeUnixNano": str(node["ended_ns"] or node["started_ns"] or 0),
        "attributes": [_attribute(*each) for each in _attributes(node)],
        "status": {"code": ERROR} if node["status"] == "error" else {},
    }
    if node["parent_id"]:
        span["parentSpanId"] = _span_id(node["parent_id"])
    return span


def _attributes(node: Facts) -> Iterator[tuple[str, Any]]:
    """Yield what is known, under the names of the GenAI conventions where they have one."""
    named = {
        "gen_ai.operation.name": OPERATIONS.get(node["kind"]),
        "gen_ai.request.model": node["model"],
        "gen_ai.provider.name": node["provider"],
        "gen_ai.tool.name": node["tool"],
        "gen_ai.usage.input_tokens": node["input_tokens"],
        "gen_ai.usage.output_tokens": node["output_tokens"],
        "gen_ai.usage.cache_read.input_tokens": node["cache_read_tokens"],
        "deliberation.node.id": node["node_id"],
        "deliberation.node.kind": node["kind"],
        "deliberation.node.fate": node["fate"],
        "deliberation.node.fate_reason": node["fate_reason"],
        "deliberation.node.fate_by": node["fate_by"],
        "deliberation.usage.reasoning_tokens": node["reasoning_tokens"],
        "deliberation.cost.usd": None if node["cost"] is None else format(node["cost"], "f"),
        "deliberation.cost.provenance": node["cost_provenance"],
    }
    yield from ((name, value) for name, value in named.items() if value is not None)


def _attribute(name: str, value: Any) -> dict[str, Any]:
    typed = {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
    return {"key": name, "value": typed}


def _span_id(node_id: str) -> str:
    return node_id if SPAN_ID.fullmatch(node_id) else _hashed(node_id, 8)


def _hashed(text: str, size: int) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()[:size].hex()
