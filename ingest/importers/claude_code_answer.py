"""One response of the model in a Claude Code session: it is split over several lines, and must be counted once.

Each line holds some of the response's blocks and repeats its id and its usage. While a response streams, a line may
state fewer output tokens than a later one: the greatest figure is the response's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deliberation.vocabulary import Usage
from ingest.importers.agent_run import Turn, node_id, reported
from ingest.importers.chat_messages import Message, message_of, text_in
from ingest.importers.claude_code_session import is_real
from ingest.importers.iso_time import nanoseconds
from ingest.importers.token_counts import anthropic_usage

READ = frozenset(
    {
        *(
            "type",
            "uuid",
            "parentUuid",
            "isSidechain",
            "sessionId",
            "timestamp",
            "message",
            "costUSD",
        ),
        *("cwd", "version", "gitBranch", "userType", "agentId"),
    }
)
"""Members of a line that are told elsewhere."""
READ_OF_MESSAGE = frozenset({"id", "type", "role", "model", "content", "stop_reason"})


@dataclass(slots=True, kw_only=True)
class Answer:
    """A response as its lines come in. `heard` are the messages that the model had not heard before."""

    own: str
    parent: str
    heard: Sequence[Message]
    heard_at: int | None
    lines: int = 0
    _blocks: list[Any] = field(default_factory=list)
    _first: Mapping[str, Any] = field(default_factory=dict)
    _last: Mapping[str, Any] = field(default_factory=dict)
    _usage: Usage | None = None
    _rest: dict[str, Any] = field(default_factory=dict)

    @property
    def node(self) -> str:
        """The node's id: the message's, so that a session that was resumed names the same call."""
        return node_id("m:", self.own)

    def add(self, line: Mapping[str, Any]) -> None:
        """Take one line of the response."""
        message = line["message"]
        self.lines += 1
        self._first = self._first or line
        self._last = line
        content = message.get("content")
        blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
        self._blocks += [block for block in blocks if block not in self._blocks]
        usage = anthropic_usage(message.get("usage"))
        if usage and (usage.output or 0) >= (self._usage.output or 0 if self._usage else 0):
            self._usage = usage
            self._rest["usage"] = message["usage"]
        self._rest |= {name: value for name, value in line.items() if name not in READ}
        self._rest |= {
            name: value
            for name, value in message.items()
            if name not in READ_OF_MESSAGE and name != "usage" and value is not None
        }
        self._rest.setdefault("lines", []).append(line["uuid"])

    def turn(self) -> Turn:
        """Return the call."""
        message = self._last["message"]
        model = message.get("model")
        is_called = isinstance(model, str) and is_real(model)
        failed = bool(self._last.get("isApiErrorMessage"))
        first = nanoseconds(self._first.get("timestamp"))
        return Turn(
            node=self.node,
            parent=self.parent,
            heard=self.heard,
            said=message_of({"role": "assistant", "content": self._blocks}),
            model=model if is_called else None,
            usage=self._usage if is_called else None,
            cost=reported(self._first.get("costUSD")) if is_called else None,
            response=self.own if is_called and message.get("id") else None,
            finish_reason=message.get("stop_reason"),
            error=(text_in(self._blocks) or "the API gave an error") if failed else None,
            started_at=self.heard_at if self.heard_at is not None else first,
            ended_at=nanoseconds(self._last.get("timestamp")),
            rest={name: value for name, value in self._rest.items() if value is not None},
        )
