"""The entries that speak of one node, folded into its texts and attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from deliberation.events import (
    CandidateProposed,
    Event,
    MessageObserved,
    NodeScored,
    VerdictGiven,
)
from deliberation.events.node_facts import NodeFacts
from deliberation.ledger.parts import bytes_to_text
from traces.queries.ledger import StoredEntry, showable

# In the order in which they are read.
NODE_TEXTS = ("input", "reasoning", "text", "output", "error")
WORDS = ("finish_reason", "response_id")
# Of a message: its side, where the source places it, when it was, its entry, and its bytes.
Place = tuple[str, int, int, int, bytes]


@dataclass(slots=True)
class NodeFactsRead:
    """What was read: part name → bytes as recorded, the source's attributes, and single words."""

    texts: dict[str, bytes] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return one text, fit to show."""
        data = self.texts.get(name)
        return None if data is None else showable(bytes_to_text(data))


def gather(entries: Iterable[StoredEntry]) -> NodeFactsRead:
    """Return what entries in ledger order say of their node: the latest text wins, attributes are united."""
    facts = NodeFactsRead()
    others: dict[str, bytes] = {}
    told: list[Place] = []
    for entry in entries:
        event = entry.event
        opened = {name: data for name, data in entry.parts.items() if data is not None}
        if isinstance(event, NodeFacts):
            facts.attributes |= _attributes(opened.pop("attributes", None))
            opened.pop("name", None)
            facts.texts |= opened
            _note_words(facts, event)
        elif isinstance(event, MessageObserved):
            if "message" in opened:
                told.append(_place(event, entry.seq, opened["message"]))
        else:
            others |= {_name(event, entry.seq, part): data for part, data in opened.items()}
    # What the node itself says of its conversation is preferred to what was told beside it.
    facts.texts = _conversations(told) | facts.texts
    known = {name: facts.texts[name] for name in NODE_TEXTS if name in facts.texts}
    facts.texts = known | others
    return facts


def _place(event: MessageObserved, seq: int, message: bytes) -> Place:
    return (event.direction.value, event.position or 0, event.at or 0, seq, message)


def _conversations(told: list[Place]) -> dict[str, bytes]:
    """Put messages that came one by one together, a side of the call each."""
    sides: dict[str, list[bytes]] = {}
    for side, *_, message in sorted(told):
        sides.setdefault(side, []).append(message)
    return {side: b"[%s]" % b",".join(messages) for side, messages in sides.items()}


def _name(event: Event, seq: int, part: str) -> str:
    # Several verdicts may each bring a rationale: the seq tells them apart and cites the entry.
    if isinstance(event, VerdictGiven):
        return f"{part}:{seq}"
    if isinstance(event, NodeScored):
        return "score"
    if isinstance(event, CandidateProposed) and part == "normalised":
        return "answer as compared"
    return part


def _note_words(facts: NodeFactsRead, event: NodeFacts) -> None:
    if event.side_effect is not None:
        facts.words["side_effect"] = event.side_effect.value
    for name in WORDS:
        word = getattr(event, name)
        if word is not None:
            facts.words[name] = word


def _attributes(data: bytes | None) -> dict[str, Any]:
    if data is None:
        return {}
    text = showable(bytes_to_text(data))
    try:
        parsed = orjson.loads(text)
    except ValueError:
        return {"attributes": text}
    return _shown(parsed) if isinstance(parsed, dict) else {"attributes": _shown(parsed)}


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return showable(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {showable(name): _shown(item) for name, item in value.items()}
    return value
