"""An agent's run, whatever file told it: calls of a model, and the tools each of them asked for.

    agent
    ├── model_call     input: the messages that are new since the call before · output: its answer
    ├── tool_call      input: the arguments · output: the result
    └── model_call …

A tool call stands beside the model call that asked for it, as it does in a trace: a sub-agent works under the tool
call that started it, and its calls must not count as parts of the outer call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from deliberation.events import NodeObserved
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    NodeKind,
    NodeStatus,
    SideEffect,
    TextVisibility,
    Usage,
)
from ingest.importers.chat_messages import Message, messages_text, reasoning_in
from ingest.importers.json_text import json_text, rest_text
from ingest.mapping.take import as_amount, fact_text

ROOT = "agent"
MAX_ID_CHARS = 48
"""Of a source's own id in a node's: longer ones become a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """One use of a tool. `arguments` and `result` are text, or values that become their JSON.

    `is_done` is False when the file tells of no result. `rest` is what nobody here understood.
    """

    node: str
    parent: str = ROOT
    name: str | None = None
    arguments: Any = None
    result: Any = None
    error: str | None = None
    is_done: bool = True
    side_effect: SideEffect | None = None
    started_at: int | None = None
    ended_at: int | None = None
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> NodeStatus:
        """How it ended, as far as the file tells."""
        if self.error is not None:
            return NodeStatus.ERROR
        return NodeStatus.OK if self.is_done else NodeStatus.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One call of a model, and the tools it asked for. Times in ns since 1970, None where the file has none.

    `heard` are the messages since the call before, not the whole conversation again: a file of a thousand calls
    would become a thousand conversations.
    """

    node: str
    parent: str = ROOT
    heard: Sequence[Message] = ()
    said: Message | None = None
    thought: str | None = None
    model: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    cost: Cost | None = None
    response: str | None = None
    finish_reason: str | None = None
    error: str | None = None
    started_at: int | None = None
    ended_at: int | None = None
    tools: Sequence[ToolUse] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)


def tell_turn(turn: Turn, run: str, key: str | None = None) -> Iterator[NodeObserved]:
    """Yield the model call and its tools. `key` is the node's name unless it was reported before."""
    thought = turn.thought or (reasoning_in(turn.said) if turn.said else None)
    yield NodeObserved(
        run=run,
        key=key or turn.node,
        node=turn.node,
        parent=turn.parent,
        node_kind=NodeKind.MODEL_CALL,
        name=turn.model,
        status=NodeStatus.OK if turn.error is None else NodeStatus.ERROR,
        started_at=turn.started_at,
        ended_at=turn.ended_at,
        model=fact_text(turn.model),
        provider=fact_text(turn.provider),
        usage=turn.usage,
        cost=turn.cost,
        response_id=fact_text(turn.response),
        finish_reason=fact_text(turn.finish_reason),
        text_visibility=_visibility(turn.said),
        input=messages_text(turn.heard),
        output=messages_text([turn.said]) if turn.said else None,
        reasoning=thought,
        error=turn.error,
        attributes=rest_text(turn.rest),
    )
    for tool in turn.tools:
        yield tell_tool(tool, run)


def tell_tool(tool: ToolUse, run: str) -> NodeObserved:
    """Return the event of one use of a tool; a result that a later reading of the file brings is a fact of its own."""
    return NodeObserved(
        run=run,
        key=tool.node if tool.is_done else f"{tool.node}:begun",
        node=tool.node,
        parent=tool.parent,
        node_kind=NodeKind.TOOL_CALL,
        name=tool.name,
        status=tool.status,
        started_at=tool.started_at,
        ended_at=tool.ended_at,
        tool=fact_text(tool.name),
        side_effect=tool.side_effect,
        input=_text(tool.arguments),
        output=_text(tool.result),
        error=tool.error,
        attributes=rest_text(tool.rest),
    )


def reported(amount: Any) -> Cost | None:
    """Return an amount of money that the file states, in US dollars, or None where it is none."""
    money = as_amount(str(amount) if isinstance(amount, Decimal) else amount)
    return None if money is None else Cost(amount=money, provenance=CostProvenance.REPORTED)


def node_id(prefix: str, own: str) -> str:
    """Return a node's id (≤ 64 characters) from an id that the source gave."""
    if len(own) <= MAX_ID_CHARS and own.isprintable():
        return f"{prefix}{own}"
    return f"{prefix}{blake2b(own.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"


def _visibility(said: Message | None) -> TextVisibility | None:
    """Return that a thought was sealed, where the answer says that there was one which nobody can read."""
    sealed = (
        part.get("type") == "redacted_thinking"
        or (part.get("type") == "reasoning" and not part.get("content") and "signature" in part)
        for part in (said["parts"] if said else ())
    )
    return TextVisibility.ENCRYPTED if any(sealed) else None


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json_text(value)
