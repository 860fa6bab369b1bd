"""A Claude Code session as a whole, from a first reading of its file.

The second reading streams; it needs to know beforehand over how many lines a response was split, which tool call began
a sub-agent, and which path of the conversation was gone back on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.importers.chat_messages import text_in

INTERRUPTED = "[Request interrupted by user"
AGENT_TOOLS = ("Task", "Agent")
TITLES = {"custom-title": "customTitle", "ai-title": "aiTitle"}
"""Lines that name the session; what a person called it stands."""
MAX_MODELS = 64


@dataclass(slots=True, kw_only=True)
class LastLine:
    """The last line of the main conversation."""

    uuid: str
    text: str | None
    is_answer: bool
    is_interrupted: bool


@dataclass(slots=True)
class Session:
    """What the whole file says. `objects` counts its lines, repeated ones too.

    `lines_of` is message id → lines; `agents` and `prompts` say which tool use began a sub-agent, by its id and by what
    it was asked; `chain_of` is line → sub-agent.
    """

    objects: int = 0
    ids: Counter[str] = field(default_factory=Counter)
    title: str | None = None
    task: str | None = None
    models: dict[str, None] = field(default_factory=dict)
    first: Mapping[str, Any] = field(default_factory=dict)
    lines_of: Counter[str] = field(default_factory=Counter)
    agents: dict[str, str] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    chain_of: dict[str, str] = field(default_factory=dict)
    last: LastLine | None = None
    _parents: dict[str, str | None] = field(default_factory=dict)
    _answers: dict[str, str] = field(default_factory=dict)

    @property
    def is_main(self) -> bool:
        """False for the file of a sub-agent alone."""
        return self.last is not None

    def id_in(self, stem: str) -> str | None:
        """Return the session's id: the file is called after it, unless it was renamed or is a sub-agent's."""
        if stem in self.ids:
            return stem
        return self.ids.most_common(1)[0][0] if self.ids else None

    def abandoned(self) -> set[str]:
        """Return the message ids of answers that were gone back on: their path forks off the one that was kept."""
        kept = set(self._path(self.last.uuid)) if self.last else set()
        reaches: dict[str, bool] = dict.fromkeys(kept, True)
        stayed = {self._answers[uuid] for uuid in self._answers.keys() & kept}
        left = set()
        for uuid, message in self._answers.items():
            path = list(_until(self._path(uuid), reaches))
            found = reaches.get(path[-1], False) if path else False
            reaches.update((each, found) for each in path if each not in reaches)
            if found and message not in stayed:
                left.add(message)
        return left

    def _path(self, uuid: str) -> Iterator[str]:
        """Yield a line and those above it; a circle ends where it closes."""
        passed = set()
        at: str | None = uuid
        while at is not None and at in self._parents and at not in passed:
            passed.add(at)
            yield at
            at = self._parents[at]

    def note(self, line: Mapping[str, Any]) -> None:
        """Take one line of the file."""
        self.objects += 1
        uuid, kind = line.get("uuid"), line.get("type")
        if kind in TITLES and isinstance(line.get(TITLES[kind]), str):
            self.title = (
                line[TITLES[kind]] if kind == "custom-title" else self.title or line["aiTitle"]
            )
        if not isinstance(uuid, str) or uuid in self._parents:
            return
        above = line.get("parentUuid") or line.get("logicalParentUuid")
        self._parents[uuid] = above if isinstance(above, str) else None
        if isinstance(line.get("sessionId"), str):
            self.ids[line["sessionId"]] += 1
        message = line.get("message")
        if kind not in ("user", "assistant") or not isinstance(message, Mapping):
            return
        self.first = self.first or line
        chain = chain_of(line, self.chain_of)
        if chain is not None:
            self.chain_of[uuid] = chain
        self._note_message(line, uuid, message, is_main=chain is None)

    def _note_message(
        self, line: Mapping[str, Any], uuid: str, message: Mapping[str, Any], *, is_main: bool
    ) -> None:
        text = text_in(message.get("content"))
        if line["type"] == "assistant":
            self._note_answer(message, uuid, is_main=is_main)
        else:
            self._note_agents(line, message)
            if is_main and self.task is None and text and not line.get("isMeta"):
                self.task = text
        if is_main:
            self.last = LastLine(
                uuid=uuid,
                text=text,
                is_answer=line["type"] == "assistant" and not any(tool_uses(message)),
                is_interrupted=bool(text and text.startswith(INTERRUPTED)),
            )

    def _note_answer(self, message: Mapping[str, Any], uuid: str, *, is_main: bool) -> None:
        own = message_id(message, uuid)
        self.lines_of[own] += 1
        if is_main:
            self._answers[uuid] = own
        model = message.get("model")
        if isinstance(model, str) and is_real(model) and len(self.models) < MAX_MODELS:
            self.models[model] = None
        for block in tool_uses(message):
            asked = block.get("input")
            prompt = asked.get("prompt") if isinstance(asked, Mapping) else None
            if block.get("name") in AGENT_TOOLS and isinstance(prompt, str):
                self.prompts.setdefault(prompt, block["id"])

    def _note_agents(self, line: Mapping[str, Any], message: Mapping[str, Any]) -> None:
        agent = agent_of(line)
        for block in tool_results(message):
            if agent is not None:
                self.agents.setdefault(agent, block["tool_use_id"])


def read_session(lines: Iterable[Mapping[str, Any]]) -> Session:
    """Return what the lines say of their session."""
    session = Session()
    for line in lines:
        session.note(line)
    return session


def message_id(message: Mapping[str, Any], uuid: str) -> str:
    """Return the id that all lines of one response share; a line without it is a response of its own."""
    own = message.get("id")
    return own if isinstance(own, str) and own else uuid


def is_real(model: str) -> bool:
    """False for `<synthetic>`: the client wrote that message itself."""
    return bool(model) and not model.startswith("<")


def chain_of(line: Mapping[str, Any], known: Mapping[str, str]) -> str | None:
    """Return the sub-agent that a line belongs to, None for the main conversation.

    Newer versions name it; of older ones it is the line that the chain began with.
    """
    if not line.get("isSidechain"):
        return None
    agent = line.get("agentId")
    if isinstance(agent, str) and agent:
        return agent
    above = line.get("parentUuid")
    return known.get(above, line["uuid"]) if isinstance(above, str) else str(line["uuid"])


def agent_of(line: Mapping[str, Any]) -> str | None:
    """Return the id of the sub-agent whose result a line brings."""
    result = line.get("toolUseResult")
    agent = result.get("agentId") if isinstance(result, Mapping) else None
    return agent if isinstance(agent, str) and agent else None


def tool_uses(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the tools that a message asks for, those with an id."""
    return (block for block in _blocks(message, "tool_use") if isinstance(block.get("id"), str))


def tool_results(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the results that a message brings."""
    found = _blocks(message, "tool_result")
    return (block for block in found if isinstance(block.get("tool_use_id"), str))


def _blocks(message: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    content = message.get("content")
    for block in content if isinstance(content, list) else []:
        if isinstance(block, Mapping) and block.get("type") == kind:
            yield block


def _until(path: Iterator[str], known: Mapping[str, bool]) -> Iterator[str]:
    """Yield a path up to and with the first line that is known."""
    for each in path:
        yield each
        if each in known:
            return
