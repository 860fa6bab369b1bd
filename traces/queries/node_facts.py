"""The entries that speak of one node, folded into its texts and attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

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
from traces.queries.node_attributes import AttributesRead
from traces.queries.removals import Removals

# In the order in which they are read.
NODE_TEXTS = ("input", "reasoning", "text", "output", "error")
WORDS = ("finish_reason", "response_id")
# Of a message: its side, where the source places it, when it was, its entry, and its bytes.
Place = tuple[str, int, int, int, bytes]


@dataclass(slots=True)
class NodeFactsRead:
    """What was read: part name → bytes as recorded, the source's attributes, and single words.

    `gone` is part name → "lost", or who redacted it, when and why, of texts of which no entry has the bytes any more.
    """

    texts: dict[str, bytes] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return one text, fit to show."""
        data = self.texts.get(name)
        return None if data is None else showable(bytes_to_text(data))


def gather(entries: Iterable[StoredEntry], removals: Removals | None = None) -> NodeFactsRead:
    """Return what entries in ledger order say of their node.

    Of what the node's own reports say the latest stands. Texts that log records brought beside it stand where it
    brings none itself, whichever came first.
    """
    facts = NodeFactsRead()
    attributes = AttributesRead()
    others: dict[str, bytes] = {}
    beside: dict[str, bytes] = {}
    told: list[Place] = []
    gone: dict[str, str] = {}
    for entry in entries:
        event = entry.event
        gone |= _gone(event, entry, removals)
        opened = {name: data for name, data in entry.parts.items() if data is not None}
        if isinstance(event, NodeFacts):
            is_own = attributes.add(opened.pop("attributes", None))
            opened.pop("name", None)
            facts.texts |= opened if is_own else {}
            beside |= _fullest(beside, {} if is_own else opened)
            _note_words(facts, event)
        elif isinstance(event, MessageObserved):
            if "message" in opened:
                told.append(_place(event, entry.seq, opened["message"]))
            attributes.add(opened.get("attributes"))
        else:
            others |= {_name(event, entry.seq, part): data for part, data in opened.items()}
    facts.attributes = attributes.united()
    facts.texts = _conversations(told) | beside | facts.texts
    known = {name: facts.texts[name] for name in NODE_TEXTS if name in facts.texts}
    facts.texts = known | others
    facts.gone = {name: why for name, why in gone.items() if name not in facts.texts}
    return facts


def _gone(event: Event, entry: StoredEntry, removals: Removals | None) -> dict[str, str]:
    return {
        _name(event, entry.seq, name): _what_became(entry, name, removals)
        for name, data in entry.parts.items()
        if data is None and name not in ("name", "attributes")
    }


def _what_became(entry: StoredEntry, name: str, removals: Removals | None) -> str:
    if name in entry.lost:
        return "lost"
    removal = removals.of(entry.seq, name) if removals is not None else None
    return "redacted" if removal is None else removal.words


def _fullest(known: dict[str, bytes], told: dict[str, bytes]) -> dict[str, bytes]:
    """Return the longer of two texts under one name; of two as long one is as good, but always the same."""
    return {
        name: max(known.get(name, b""), text, key=lambda each: (len(each), each))
        for name, text in told.items()
    }


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
