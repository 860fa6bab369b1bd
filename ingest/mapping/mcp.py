"""The Model Context Protocol (`mcp.*`): requests between a client and a server, as either side reports them.

Source: the MCP page of `semantic-conventions-genai`. OpenLLMetry wrote a request's arguments and response under `mcp.`
before it; Logfire writes both whole, as `request` and `response`, beside JSON-RPC's names.

A call is told by two spans: the client's, and under it the server's, whose context travels in the request. The
client's is the call: it is there when the server reports nothing, and covers the way. A server's span with a parent in
another process tells of that call. It is a step below it, and says of it again what it knows: that it is a tool's, the
tool's name, and its error, which some clients take for an ordinary answer. So one call is one tool call, whichever of
the two reports, and also where the client reports elsewhere. A server's span with no such parent is the call itself.
"""

from __future__ import annotations

from typing import Any

from deliberation.events import Event, NodeObserved
from deliberation.vocabulary import NodeKind
from ingest.mapping.bodies import member_of, value_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import dump, fact_text, take_text
from ingest.wire.span import Attributes, Span

NAME = "mcp"

METHOD, RPC_METHOD, RPC_VERSION = "mcp.method.name", "rpc.method", "rpc.jsonrpc.version"
CALL = "tools/call"
KINDS = {CALL: NodeKind.TOOL_CALL, "resources/read": NodeKind.RETRIEVAL}
"""What a request does; others are steps of the protocol."""

TOOLS = ("gen_ai.tool.name", "mcp.tool.name")
RESOURCE = "mcp.resource.uri"
ARGUMENTS = ("gen_ai.tool.call.arguments", "mcp.request.argument", "mcp.request.arguments")
RESULTS = ("gen_ai.tool.call.result", "mcp.response.value")
SERVER = 2
REMOTENESS_KNOWN, REMOTE = 0x100, 0x200
"""Flags of an OTLP span: whether it says where its parent is, and whether that is another process."""


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record is a request of the protocol, or of JSON-RPC in Logfire's names."""
    return METHOD in keys or (RPC_METHOD in keys and RPC_VERSION in keys)


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the node facts in a record's attributes, taken out of `rest`."""
    method = method_of(rest)
    kind = KINDS.get(method, NodeKind.STEP)
    asked, said = value_of(rest.get("request")), value_of(rest.get("response"))
    facts: dict[str, Any] = {"node_kind": NodeKind.STEP if tells_of_its_parent(record) else kind}
    if method == CALL:
        facts["tool"] = tool_of(record)
        for name in TOOLS:
            if rest.get(name) == facts["tool"]:
                del rest[name]
    facts["input"] = take_text(rest, *ARGUMENTS) or _text(member_of(asked, "params", "arguments"))
    if kind is NodeKind.RETRIEVAL and facts["input"] is None:
        facts["input"] = fact_text(rest.get(RESOURCE) or member_of(asked, "params", "uri"))
    facts["output"] = take_text(rest, *RESULTS) or _text(said)
    if facts["node_kind"] is NodeKind.TOOL_CALL:
        # The agent's framework may tell of the same use, right above.
        facts["instrumentation"] = fact_text(record.origin.scope_name) or NAME
    return facts


def method_of(attributes: Attributes) -> str:
    """Return the method of a request."""
    return str(attributes.get(METHOD) or attributes.get(RPC_METHOD) or "")


def tool_of(record: Source) -> str | None:
    """Return the tool that is called; some clients say it in the span's name alone (`… tools/call lookup`)."""
    attributes = record.attributes
    named = next((attributes[name] for name in TOOLS if attributes.get(name)), None)
    if named is None:
        named = member_of(value_of(attributes.get("request")), "params", "name")
    return fact_text(named or record.name.partition(f"{CALL} ")[2])


def tells_of_its_parent(record: Source) -> bool:
    """True for a server's span whose parent is the client's; where no flag says so, its parent is taken for it."""
    if not isinstance(record, Span) or record.kind != SERVER or record.parent_id is None:
        return False
    return bool(record.flags & REMOTE) or not record.flags & REMOTENESS_KNOWN


def of_the_call(span: Span, facts: dict[str, Any], run: str) -> list[Event]:
    """Return what a server's span says of the call that its parent is; nothing where it is none of these."""
    method = method_of(span.attributes)
    if method not in KINDS or span.parent_id is None or not tells_of_its_parent(span):
        return []
    return [
        NodeObserved(
            run=run,
            key=f"{span.digest}:t",
            at=span.started_at,
            node=span.parent_id,
            node_kind=KINDS[method],
            tool=tool_of(span) if method == CALL else None,
            error=facts["error"],
        )
    ]


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else dump(value)
