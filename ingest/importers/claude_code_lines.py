"""The lines of a Claude Code session, read one by one into the events of its run, some hundred nodes a piece."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from deliberation.events import Event, FateDecided, NodeObserved
from deliberation.vocabulary import DiscardReason, Fate, NodeKind, NodeStatus, SideEffect
from ingest.importers.agent_run import ROOT, ToolUse, node_id, tell_tool, tell_turn
from ingest.importers.chat_messages import Message, message_of, text_in
from ingest.importers.claude_code_answer import READ, Answer
from ingest.importers.claude_code_session import (
    Session,
    agent_of,
    chain_of,
    message_id,
    tool_results,
    tool_uses,
)
from ingest.importers.iso_time import nanoseconds
from ingest.importers.json_text import rest_text

Tell = Callable[[str], Iterable[Event]]

BOOKKEEPING = frozenset(
    {
        *("summary", "custom-title", "ai-title", "agent-name", "last-prompt", "mode", "tag"),
        *("file-history-snapshot", "queue-operation", "progress", "permission-mode"),
        *("system/turn_duration", "system/stop_hook_summary"),
    }
)
"""Lines about the client's own state: they are counted, by what they are, and not imported."""
SIDE_EFFECTS = {
    **dict.fromkeys(("Read", "Glob", "Grep", "LS", "NotebookRead", "WebFetch", "WebSearch"), SideEffect.READ),
    **dict.fromkeys(("Write", "Edit", "MultiEdit", "NotebookEdit"), SideEffect.WRITE),
    **dict.fromkeys(("TodoWrite", "ExitPlanMode", "AskUserQuestion"), SideEffect.NONE),
}  # fmt: skip
"""Of the client's own tools. What a shell command does is not known."""
FLAGS = ("isMeta", "isCompactSummary", "isVisibleInTranscriptOnly")


@dataclass(slots=True)
class Lines:
    """Reads lines in order. `things` are what they became and nobody has taken yet."""

    session: Session
    things: list[Tell] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    _abandoned: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _heard: defaultdict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    _heard_at: dict[str, int | None] = field(default_factory=dict)
    _answers: dict[str, Answer] = field(default_factory=dict)
    _tools: dict[str, ToolUse] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look once which answers were gone back on."""
        self._abandoned = self.session.abandoned()

    def read(self, line: Mapping[str, Any]) -> str | None:
        """Take one line; return why it cannot be read, or None."""
        kind, uuid = line.get("type"), line.get("uuid")
        named = f"system/{line.get('subtype')}" if kind == "system" else str(kind)
        if named in BOOKKEEPING or not isinstance(uuid, str):
            self.left_out[named[:64]] += 1
            return None
        if uuid in self._seen:
            self.left_out["repeated"] += 1
            return None
        self._seen.add(uuid)
        agent = self._agent(line)
        if kind not in ("user", "assistant"):
            self.things.append(_step(line, named, agent))
            return None
        message = line.get("message")
        if not isinstance(message, Mapping):
            return "it has no message"
        if kind == "assistant":
            self._answer(line, message, agent)
        else:
            self._hear(line, message, agent)
        return None

    def finish(self) -> None:
        """Tell of what is still open at the file's end."""
        for answer in list(self._answers.values()):
            self._close(answer)
        for tool in self._tools.values():
            self.things.append(lambda run, tool=tool: [tell_tool(tool, run)])  # type: ignore[misc]
        self._tools.clear()

    def _agent(self, line: Mapping[str, Any]) -> str:
        """Return the node of the agent that a line belongs to; a sub-agent is told of at its first line."""
        chain = chain_of(line, self.session.chain_of)
        if chain is None:
            return ROOT
        node = node_id("sub:", chain)
        if node not in self._begun:
            self._begun.add(node)
            message = line.get("message")
            prompt = text_in(message.get("content")) if isinstance(message, Mapping) else None
            own = self.session.agents.get(chain) or self.session.prompts.get(prompt or "")
            self.things.append(_sub_agent(node, prompt, nanoseconds(line.get("timestamp"))))
            if own is not None or self.session.is_main:
                self._link(node, own)
        return node

    def _link(self, node: str, own: str | None) -> None:
        """Hang a sub-agent under the tool call that began it, or under the agent when that is not known."""
        if f"{node}:link" in self._begun:
            return
        self._begun.add(f"{node}:link")
        tool = self._tools.get(own or "")
        asked = tool.arguments if tool else None
        name = asked.get("subagent_type") if isinstance(asked, Mapping) else None
        parent = ROOT if own is None else node_id("tool:", own)
        self.things.append(_linked(node, parent, name if isinstance(name, str) else None))

    def _answer(self, line: Mapping[str, Any], message: Mapping[str, Any], agent: str) -> None:
        own = message_id(message, line["uuid"])
        if own not in self._answers:
            self._answers[own] = Answer(
                own=own,
                parent=agent,
                heard=self._heard.pop(agent, []),
                heard_at=self._heard_at.pop(agent, None),
            )
        answer = self._answers[own]
        answer.add(line)
        for block in tool_uses(message):
            name = block.get("name")
            self._tools[block["id"]] = ToolUse(
                node=node_id("tool:", block["id"]),
                parent=agent,
                name=name if isinstance(name, str) else None,
                arguments=block.get("input"),
                is_done=False,
                side_effect=SIDE_EFFECTS.get(str(name)),
                started_at=nanoseconds(line.get("timestamp")),
                rest={"tool_call_id": block["id"]},
            )
        if answer.lines >= self.session.lines_of[own]:
            self._close(answer)

    def _close(self, answer: Answer) -> None:
        del self._answers[answer.own]
        is_left = answer.own in self._abandoned
        self.things.append(lambda run: _tell_answer(answer, run, is_left=is_left))

    def _hear(self, line: Mapping[str, Any], message: Mapping[str, Any], agent: str) -> None:
        flags = {name: True for name in FLAGS if line.get(name)}
        self._heard[agent].append({**message_of({"role": "user", **message}), **flags})
        time = nanoseconds(line.get("timestamp"))
        self._heard_at[agent] = time
        sub_agent = agent_of(line)
        for block in tool_results(message):
            if sub_agent is not None:
                self._link(node_id("sub:", sub_agent), block["tool_use_id"])
            tool = self._tools.pop(block["tool_use_id"], None)
            if tool is not None:
                done = _done(tool, block, line, time)
                self.things.append(lambda run, done=done: [tell_tool(done, run)])  # type: ignore[misc]


def _done(
    tool: ToolUse, block: Mapping[str, Any], line: Mapping[str, Any], time: int | None
) -> ToolUse:
    content = block.get("content")
    result = text_in(content) or content
    rest = {name: value for name, value in line.items() if name not in READ and value is not None}
    if isinstance(rest.get("toolUseResult"), str):
        del rest["toolUseResult"]
    said = result if isinstance(result, str) else None
    return replace(
        tool,
        result=result,
        error=(said or "error") if block.get("is_error") else None,
        is_done=True,
        ended_at=time,
        rest={**tool.rest, **rest},
    )


def _tell_answer(answer: Answer, run: str, *, is_left: bool) -> Iterator[Event]:
    # A session that is imported again when it has grown may have more lines of the last answer.
    yield from tell_turn(answer.turn(), run, key=f"{answer.node}:{answer.lines}")
    if is_left:
        yield FateDecided(
            run=run,
            key=f"{answer.node}:fate",
            node=answer.node,
            fate=Fate.DISCARDED,
            reason=DiscardReason.SUPERSEDED,
            by="user",
        )


def _sub_agent(node: str, prompt: str | None, time: int | None) -> Tell:
    return lambda run: [
        NodeObserved(
            run=run,
            key=node,
            node=node,
            node_kind=NodeKind.AGENT,
            status=NodeStatus.OK,
            started_at=time,
            input=prompt,
        )
    ]


def _linked(node: str, parent: str, name: str | None) -> Tell:
    return lambda run: [
        NodeObserved(
            run=run,
            key=f"{node}:link",
            node=node,
            parent=parent,
            node_kind=NodeKind.AGENT,
            name=name,
        )
    ]


def _step(line: Mapping[str, Any], name: str, agent: str) -> Tell:
    """Return a line of another sort as a step: a compaction, an error of the API, or what newer versions write."""
    content = line.get("content")
    rest = {key: value for key, value in line.items() if key not in (*READ, "content")}
    node, time = node_id("line:", line["uuid"]), nanoseconds(line.get("timestamp"))
    error = line.get("error") or (line.get("level") == "error" and (content or "error")) or None
    return lambda run: [
        NodeObserved(
            run=run,
            key=node,
            node=node,
            parent=agent,
            node_kind=NodeKind.STEP,
            name=name,
            status=NodeStatus.ERROR if error else NodeStatus.OK,
            started_at=time,
            ended_at=time,
            text=content if isinstance(content, str) else rest_text(content),
            error=error if error is None or isinstance(error, str) else rest_text(error),
            attributes=rest_text(rest),
        )
    ]
