"""Finding nodes of a run by words: in their rows, and in every text and attribute that was recorded of them.

Rows hold previews of at most 200 characters; what stands only in the rest of a text, or in an attribute, stands in the
ledger, which has no index of words and is read in portions. A search is the first answer, from the rows and the
first portion, and as many more as its asker wants: each goes on at `next`, costs no more than a portion, and is a
range of the ledger's primary key.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from django.db.models import Q

from deliberation.ledger.entry import read_line
from traces.models import Node
from traces.queries.access import Who, see_run
from traces.queries.ledger import StoredEntry, read_portion
from traces.queries.node_attributes import read_attributes
from traces.queries.search_words import Word, lowered, words_of

FIELDS = ("name", "preview", "answer", "error", "model", "tool", "provider", "node_id")
ROWS_AT_MOST = 5_000
OTHERS = ("parent",)
"""Facts that name another node: who looks for that one is not shown its children."""

PORTION_ENTRIES = 2_000
PORTION_BYTES = 32 * 1024 * 1024


class FoundNode(NamedTuple):
    """A node that holds every word."""

    ordinal: int
    node_id: str
    kind: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Nodes that hold every word, in the order in which the run tells of them, and where to go on.

    `next` is the seq after which the ledger was not looked through yet, None when it was. `has_more` says that more
    rows hold the words than are told of.
    """

    nodes: list[FoundNode]
    next: int | None
    has_more: bool


def find_nodes(*, who: Who, run_id: str | uuid.UUID, text: str, after: int = -1) -> Found:
    """Return nodes in which each word of `text` stands somewhere, from the rows and one portion of the ledger.

    Words may stand apart: in a node's row, or in any entry of the portion that speaks of it. Raises NotVisible.
    """
    run = see_run(who, run_id)
    words = words_of(text)
    if not words:
        return Found(nodes=[], next=None, has_more=False)
    by_row = _in_rows(run.pk, words) if after < 0 else []
    entries = read_portion(
        run.pk,
        after,
        entries_at_most=PORTION_ENTRIES,
        bytes_at_most=PORTION_BYTES,
    )
    found = {*by_row[:ROWS_AT_MOST], *_in_entries(run.pk, words, entries)}
    last = entries[-1].seq if entries else run.size
    return Found(
        nodes=sorted(found),
        next=last if last + 1 < run.size else None,
        has_more=len(by_row) > ROWS_AT_MOST,
    )


def find_in_rows(*, who: Who, run_id: str | uuid.UUID, text: str, limit: int) -> list[FoundNode]:
    """Return the first nodes whose rows alone hold each word: at once, however large texts are. Raises NotVisible."""
    run, words = see_run(who, run_id), words_of(text)
    return _in_rows(run.pk, words, limit) if words else []


def _in_rows(
    run_id: uuid.UUID, words: Sequence[Word], limit: int = ROWS_AT_MOST + 1
) -> list[FoundNode]:
    nodes = Node.objects.filter(run_id=run_id)
    for word in words:
        anywhere = Q()
        for field in FIELDS:
            anywhere |= Q(**{f"{field}__icontains": word.text})
        nodes = nodes.filter(anywhere)
    rows = nodes.order_by("ordinal").values_list(*FoundNode._fields)
    return [FoundNode(*row) for row in rows[:limit]]


def _in_entries(
    run_id: uuid.UUID, words: Sequence[Word], entries: Iterable[StoredEntry]
) -> list[FoundNode]:
    held: defaultdict[str, set[Word]] = defaultdict(set)
    for entry in entries:
        facts = read_line(entry.line)["d"]
        if "node" in facts:
            held[facts["node"]] |= _held_by(entry, facts, words)
    some = [node for node, told in held.items() if told]
    rows = Node.objects.filter(run_id=run_id, node_id__in=some).values("ordinal", "kind", *FIELDS)
    return [
        FoundNode(*(row[name] for name in FoundNode._fields))
        for row in rows
        if all(word in held[row["node_id"]] or _is_in_row(word, row) for word in words)
    ]


def _held_by(entry: StoredEntry, facts: dict[str, Any], words: Sequence[Word]) -> set[Word]:
    """Return the words that stand in an entry's facts, texts or attributes."""
    said = [value for name, value in facts.items() if name not in OTHERS]
    texts = lowered([*filter(None, entry.parts.values()), orjson.dumps(said)])
    return {
        word
        for word in words
        if word.stands_in(texts)
        or word.is_among(facts)
        or (word.name_stands_in(texts) and word.is_among(_attributes(entry)))
    }


def _attributes(entry: StoredEntry) -> dict[str, Any]:
    return read_attributes(entry.parts.get("attributes"))


def _is_in_row(word: Word, row: dict[str, Any]) -> bool:
    return word.stands_in(lowered(str(row[field]).encode() for field in FIELDS if row[field]))
