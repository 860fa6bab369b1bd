"""The events of an Inspect sample beside its model calls and scores, as nodes (`inspect_ai/event`).

`state` events are left out: their patches repeat the messages, tools and output that the calls tell. `sample_init` is
the run's beginning. Whatever kind is not known here becomes a step with all its members.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from deliberation.events import NodeObserved, VerdictGiven
from deliberation.vocabulary import (
    Independence,
    NodeKind,
    NodeStatus,
    SideEffect,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.agent_run import ToolUse, tell_tool
from ingest.importers.inspect_messages import message_of
from ingest.importers.inspect_tree import Placed
from ingest.importers.iso_time import nanoseconds
from ingest.importers.json_text import json_text, rest_text
from ingest.mapping.take import fact_text

LEFT_OUT = frozenset({"state", "sample_init"})
SHARED = frozenset({"event", "timestamp", "completed", "span_id", "events"})
SPAN_KINDS = {"agent": NodeKind.AGENT, "scorer": NodeKind.VERIFICATION}
SANDBOX = {"read_file": SideEffect.READ, "write_file": SideEffect.WRITE}
DECISIONS = {
    "approve": VerdictOutcome.ACCEPT,
    "modify": VerdictOutcome.ACCEPT,
    "reject": VerdictOutcome.REJECT,
    "terminate": VerdictOutcome.REJECT,
}
"""Of an approver. One that escalates leaves the decision to the next, and is unsure."""
DECIDED = ("decision", "call", "modified")
PERSONS = frozenset({"human"})
POLICIES = frozenset({"auto"})
"""Approvers that come with Inspect."""

Facts = dict[str, Any]


def tell_event(placed: Placed, run: str, more: Mapping[str, Any] | None = None) -> NodeObserved:
    """Return the node of an event; `more` joins what nobody here understood of it."""
    kind = str(placed.event.get("event"))
    if kind == "tool":
        return _tool(placed, run)
    rest = {name: value for name, value in placed.event.items() if name not in SHARED}
    facts = FACTS.get(kind, _other)(rest)
    rest |= more or {}
    began = nanoseconds(placed.event.get("timestamp"))
    ended = placed.ended_at or nanoseconds(placed.event.get("completed"))
    if kind not in ("span_begin", "step", "subtask", "sandbox"):
        ended = ended or began
    found = {"node_kind": NodeKind.STEP, "name": kind.replace("_", " "), **facts}
    found.setdefault("status", NodeStatus.RUNNING if ended is None else NodeStatus.OK)
    return NodeObserved(
        run=run,
        key=placed.node,
        node=placed.node,
        parent=placed.parent,
        started_at=began,
        ended_at=ended,
        attributes=rest_text({name: value for name, value in rest.items() if value is not None}),
        **found,
    )


def tell_decision(placed: Placed, call: str | None, run: str) -> VerdictGiven:
    """Return what an approver decided, as a verdict on the tool call, or on the request where nothing was called."""
    event = placed.event
    approver = fact_text(event.get("approver")) or "approver"
    is_person, is_policy = approver in PERSONS, approver in POLICIES
    person, policy = Independence.HUMAN, Independence.DETERMINISTIC
    return VerdictGiven(
        run=run,
        key=f"{placed.node}:verdict",
        at=nanoseconds(event.get("timestamp")),
        node=call or placed.node,
        verifier=approver,
        verifier_kind=VerifierKind.HUMAN if is_person else None,
        outcome=DECISIONS.get(str(event.get("decision")), VerdictOutcome.UNSURE),
        independence=person if is_person else policy if is_policy else None,
        by_node=placed.node,
        rationale=_text(event.get("explanation")),
        evidence=json_text({name: event[name] for name in DECIDED if event.get(name) is not None}),
    )


def _tool(placed: Placed, run: str) -> NodeObserved:
    event = placed.event
    read = {"function", "arguments", "result", "error", "pending"}
    rest = {
        name: value
        for name, value in event.items()
        if name not in SHARED and name not in read and value is not None
    }
    if placed.span is not None:
        rest["span"] = {**placed.span, "ended": placed.ended_at}
    ended = nanoseconds(event.get("completed"))
    return tell_tool(
        ToolUse(
            node=placed.node,
            parent=placed.parent,
            name=str(event.get("function")),
            arguments=event.get("arguments"),
            result=_result(event.get("result")),
            error=_tool_error(event),
            is_done=event.get("pending") is not True,
            started_at=nanoseconds(event.get("timestamp")),
            ended_at=ended or placed.ended_at,
            rest=rest,
        ),
        run,
    )


def _result(result: Any) -> Any:
    """Return text as it is; content with pictures in the one message model."""
    if isinstance(result, list) and any(isinstance(each, Mapping) for each in result):
        return json_text([message_of({"role": "tool", "content": result})])
    return None if result == "" else result


def _tool_error(event: Mapping[str, Any]) -> str | None:
    error = event.get("error")
    if isinstance(error, Mapping):
        return ": ".join(str(error[name]) for name in ("type", "message") if error.get(name))
    return _text(error) or ("failed" if event.get("failed") is True else None)


def _span(rest: Facts) -> Facts:
    kind = SPAN_KINDS.get(str(rest.get("type")), NodeKind.STEP)
    return {"node_kind": kind, "name": _text(rest.pop("name", None))}


def _step(rest: Facts) -> Facts:
    rest.pop("action", None)
    return _span(rest)


def _subtask(rest: Facts) -> Facts:
    # Logs before 2025 tell a subtask once it is over, and not when that was.
    return {
        "name": _text(rest.pop("name", None)),
        "input": _text(rest.pop("input", None)),
        "output": _text(rest.pop("result", None)),
        "status": NodeStatus.RUNNING if rest.pop("pending", None) is True else NodeStatus.OK,
    }


def _approval(rest: Facts) -> Facts:
    return {
        "node_kind": NodeKind.APPROVAL,
        "name": f"{rest.get('approver')}: {rest.get('decision')}",
        "input": _text(rest.pop("call", None)),
        "output": _text(rest.get("decision")),
        "text": _text(rest.pop("explanation", None)),
    }


def _sandbox(rest: Facts) -> Facts:
    action, code = str(rest.pop("action", "")), rest.get("result")
    failed = isinstance(code, int) and code != 0
    what = rest.pop("cmd", None) if action == "exec" else rest.pop("file", None)
    return {
        "name": f"sandbox {action}",
        "side_effect": SANDBOX.get(action),
        "input": _text(what),
        "output": _text(rest.pop("output", None)),
        "error": f"exit code {code}" if failed else None,
        "status": NodeStatus.ERROR if failed else NodeStatus.OK,
    }


def _limit(rest: Facts) -> Facts:
    said = _text(rest.pop("message", None))
    return {"name": f"{rest.get('type')} limit", "text": said, "status": NodeStatus.CANCELLED}


def _error(rest: Facts) -> Facts:
    error = rest.pop("error", None)
    return {"error": error_text(error), "status": NodeStatus.ERROR}


def _logger(rest: Facts) -> Facts:
    told = rest.get("message")
    if not isinstance(told, Mapping):
        return {"name": "log"}
    rest["message"] = {name: value for name, value in told.items() if name != "message"}
    return {"name": f"log {told.get('level')}", "text": _text(told.get("message"))}


def _info(rest: Facts) -> Facts:
    source = rest.get("source")
    return {"name": f"info {source}" if source else "info", "text": _text(rest.pop("data", None))}


def _interrupt(rest: Facts) -> Facts:
    return {"name": f"interrupt: {rest.get('source')}", "status": NodeStatus.CANCELLED}


def _input(rest: Facts) -> Facts:
    rest.pop("input_ansi", None)
    return {
        "input": _text(rest.pop("message", None)),
        "output": _text(rest.pop("input", None)),
    }


def _score(rest: Facts) -> Facts:
    is_between = rest.get("intermediate") is True
    name, told = rest.get("scorer") or "score", rest.get("score")
    score = told if isinstance(told, Mapping) else {}
    return {
        "node_kind": NodeKind.VERIFICATION,
        "name": f"{name} (intermediate)" if is_between else str(name),
        "output": _text(score.get("value")),
        "text": _text(score.get("explanation")),
    }


def _other(rest: Facts) -> Facts:
    return {}


FACTS: dict[str, Callable[[Facts], Facts]] = {
    "span_begin": _span,
    "step": _step,
    "subtask": _subtask,
    "approval": _approval,
    "sandbox": _sandbox,
    "sample_limit": _limit,
    "error": _error,
    "logger": _logger,
    "info": _info,
    "interrupt": _interrupt,
    "input": _input,
    "score": _score,
}


def error_text(error: Any) -> str | None:
    """Return an error's message and trace."""
    if not isinstance(error, Mapping):
        return _text(error)
    said = [error.get("message"), error.get("traceback")]
    return "\n\n".join(str(each) for each in said if each) or None


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json_text(value)
