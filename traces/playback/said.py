"""What an entry of a ledger says, for people: a sentence, the node it speaks of, its facts, and how its text begins."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from django.db import connection
from django.utils.functional import Promise

from deliberation.events import Event
from deliberation.ledger.entry import read_line, unseal
from traces.analytics.named_node import node_named
from traces.audit.openings import unpack
from traces.models import Candidate, Node
from traces.playback.beginnings import read_beginnings, whole_characters
from traces.playback.marks import MarkKind, mark_of
from traces.playback.rows import nodes_of
from traces.playback.sentences import FACTS, SENTENCES, fact_words
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.ledger import showable

PAGE = 50
TEXT_CHARS = 200
TEXT_BYTES = TEXT_CHARS * 4
PARTS = ("reason", "detail", "answer", "error", "text", "output", "message", "rationale", "task",
         "raw", "input", "name")  # fmt: skip
"""Whose beginning is shown: the first of these that an entry has."""

LINES = """
SELECT seq, line, openings FROM traces_ledgerentry WHERE run_id = %s AND seq >= %s ORDER BY seq LIMIT %s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One entry. `node` is the row of the node it speaks of, as it is now, or None; `text` how its text begins."""

    seq: int
    kind: str
    sentence: Promise | str
    mark: MarkKind | None
    occurred_ns: int | None
    by: str
    node: Node | None
    facts: list[tuple[Promise, str]]
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A node with the answer that it holds, None where none is recorded; at most 2,000 characters."""

    node: Node
    text: str | None


def say_entries(*, who: Who, run_id: str | uuid.UUID, first: int, limit: int = PAGE) -> list[Said]:
    """Return what at most `limit` entries from a seq on say. Raises NotVisible."""
    run = see_run(who, run_id)
    with connection.cursor() as cursor:
        cursor.execute(LINES, [run.id, first, limit])
        rows = [(seq, bytes(line), bytes(openings)) for seq, line, openings in cursor.fetchall()]
    opened = _beginnings(run.id, {seq: openings for seq, _, openings in rows})
    events = {seq: unseal(line, opened[seq].items()) for seq, line, _ in rows}
    nodes = _nodes(run.id, events.values())
    return [
        _said(seq, read_line(line), events[seq], nodes.get(node_named(events[seq]) or ""))
        for seq, line, _ in rows
    ]


def say_answer(*, who: Who, run_id: str | uuid.UUID, ordinal: int) -> Answer:
    """Return the answer that a node holds, by its ordinal. Raises NotVisible."""
    run = see_run(who, run_id)
    node = next(iter(nodes_of(run, [ordinal])), None)
    if node is None:
        raise NotVisible
    held = Candidate.objects.filter(run_id=run.id, node_id=node.node_id).first()
    told = held and (held.answer or held.normalised or held.cluster)
    return Answer(node=node, text=told or node.answer or node.preview)


def _said(seq: int, line: dict[str, Any], event: Event, node: Node | None) -> Said:
    texts = (getattr(event, name, None) for name in PARTS)
    text = next((each for each in texts if _is_text(each) and each.strip()), None)
    return Said(
        seq=seq,
        kind=event.KIND,
        sentence=SENTENCES.get(type(event), event.KIND),
        mark=mark_of(event),
        occurred_ns=event.at,
        by=line["by"],
        node=node,
        facts=list(_facts(event)),
        text=None if text is None else showable(text[:TEXT_CHARS]),
    )


def _facts(event: Event) -> Iterator[tuple[Promise, str]]:
    for name, label in FACTS.items():
        value = getattr(event, name, None)
        if value is None or (name in PARTS and _is_text(value)):
            continue
        words = fact_words(value)
        if words:
            yield label, showable(words)


def _is_text(value: object) -> TypeGuard[str]:
    return type(value) is str  # a word of the vocabulary is one too, and is no text of others


def _nodes(run_id: uuid.UUID, events: Iterable[Event]) -> dict[str, Node]:
    named = {each for each in map(node_named, events) if each is not None}
    found = Node.objects.filter(run_id=run_id, node_id__in=named).defer("entries")
    return {node.node_id: node for node in found}


def _beginnings(run_id: uuid.UUID, openings: dict[int, bytes]) -> dict[int, dict[str, bytes]]:
    """Return seq → part name → how its text begins. Large texts are never read whole."""
    unpacked = {seq: list(unpack(packed)) for seq, packed in openings.items()}
    wanted = {each.inner for parts in unpacked.values() for each in parts if each.inner is not None}
    large = read_beginnings(run_id, wanted, TEXT_BYTES)
    found: dict[int, dict[str, bytes]] = {}
    for seq, parts in unpacked.items():
        texts = {each.name: each.data or large.get(each.inner or b"") for each in parts}
        found[seq] = {
            name: whole_characters(data, TEXT_BYTES) for name, data in texts.items() if data
        }
    return found
