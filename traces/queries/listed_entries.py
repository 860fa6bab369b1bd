"""Entries of a ledger as they are listed: what each is, and what became of its texts; never the texts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from deliberation.ledger.entry import read_line, unseal
from traces.analytics.named_node import node_named
from traces.audit.openings import Opening, unpack
from traces.models import Node
from traces.queries.removals import Removals, removals_of

UNREADABLE = (ValueError, LookupError, TypeError, RecursionError)
"""What reading an edited line may raise. A page shows it all the same; the check of the ledger accuses it."""


class PartState(StrEnum):
    """What became of a text that a line commits to."""

    HERE = "here"
    """Its bytes and its salt are kept."""
    REDACTED = "redacted"
    """An entry deleted it for good."""
    EXPIRED = "expired"
    """An entry deleted it for good, with all others before an entry."""
    WITHHELD = "withheld"
    """Whoever exported the run did not show it."""
    LOST = "lost"
    """It should be here, and is not: that is damage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPart:
    """One text: its commitment (base64), its size in bytes where it is here.

    `taken_by` is the entry that took it away, `reason` why it was taken, or withheld.
    """

    name: str
    commitment: str
    state: PartState
    size: int | None
    taken_by: int | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOfEntry:
    """The node that an entry speaks of, as a link to it needs it."""

    node_id: str
    ordinal: int
    name: str | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """One entry; times in ns since 1970. What its line does not tell, for somebody edited it, is None."""

    seq: int
    kind: str | None
    by: str | None
    occurred_ns: int | None
    received_ns: int | None
    recorded_ns: int
    node: NodeOfEntry | None
    line: bytes
    leaf: bytes
    parts: list[ListedPart]


def read_listed(run_id: uuid.UUID, seqs: Sequence[int]) -> list[ListedEntry]:
    """Return these entries, in ledger order. The caller has checked the run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, line, leaf, openings, (extract(epoch FROM recorded_at) * 1000000)::int8 "
            "FROM traces_ledgerentry WHERE run_id = %s AND seq = ANY(%s) ORDER BY seq",
            [run_id, list(seqs)],
        )
        rows = cursor.fetchall()
    opened = {seq: _openings(bytes(openings)) for seq, _, _, openings, _ in rows}
    texts = _Texts(run_id, opened, removals_of(run_id, seqs))
    named = {seq: _node_named(bytes(line)) for seq, line, *_ in rows}
    nodes = _nodes(run_id, [each for each in named.values() if each is not None])
    return [
        _entry(seq, bytes(line), bytes(leaf), recorded * 1000, texts, nodes.get(named[seq] or ""))
        for seq, line, leaf, _, recorded in rows
    ]


class _Texts:
    """What is known of the texts of some entries."""

    def __init__(
        self, run_id: uuid.UUID, opened: Mapping[int, dict[str, Opening]], removals: Removals
    ) -> None:
        self._opened, self._removals = opened, removals
        self._sizes = _sizes(run_id, [each for some in opened.values() for each in some.values()])

    def part(self, seq: int, name: str, commitment: str) -> ListedPart:
        opening = self._opened[seq].get(name)
        size = None if opening is None else self._size(opening)
        removal = self._removals.of(seq, name) if size is None else None
        withheld = opening.withheld if opening is not None else None
        if size is not None:
            state = PartState.HERE
        elif withheld is not None:
            state = PartState.WITHHELD
        else:
            state = PartState(removal.kind) if removal else PartState.LOST
        return ListedPart(
            name=name,
            commitment=commitment,
            state=state,
            size=size,
            taken_by=removal.seq if removal else None,
            reason=removal.words if removal and withheld is None else withheld,
        )

    def _size(self, opening: Opening) -> int | None:
        if opening.data is not None:
            return len(opening.data)
        return None if opening.inner is None else self._sizes.get(opening.inner)


def _openings(packed: bytes) -> dict[str, Opening]:
    try:
        return {each.name: each for each in unpack(packed)}
    except (ValueError, IndexError):
        return {}  # somebody edited it; the check of the ledger says so


def _sizes(run_id: uuid.UUID, openings: Sequence[Opening]) -> dict[bytes, int]:
    wanted = list({each.inner for each in openings if each.inner is not None})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "inner", octet_length(data) FROM traces_ledgerpart WHERE run_id = %s AND "inner" = ANY(%s)',
            [run_id, wanted],
        )
        return {bytes(inner): size for inner, size in cursor.fetchall()}


def _entry(
    seq: int, line: bytes, leaf: bytes, recorded_ns: int, texts: _Texts, node: NodeOfEntry | None
) -> ListedEntry:
    fields = _fields(line)
    promised = fields.get("p")
    commitments = promised if isinstance(promised, dict) else {}
    return ListedEntry(
        seq=seq,
        kind=_text(fields.get("kind")),
        by=_text(fields.get("by")),
        occurred_ns=_ns(fields.get("t_src")),
        received_ns=_ns(fields.get("t_rx")),
        recorded_ns=recorded_ns,
        node=node,
        line=line,
        leaf=leaf,
        parts=[texts.part(seq, name, str(each)) for name, each in commitments.items()],
    )


def _nodes(run_id: uuid.UUID, ids: Sequence[str]) -> dict[str, NodeOfEntry]:
    found = Node.objects.filter(run_id=run_id, node_id__in=set(ids))
    return {
        row["node_id"]: NodeOfEntry(**row)
        for row in found.values("node_id", "ordinal", "name", "kind")
    }


def _fields(line: bytes) -> dict[str, Any]:
    try:
        return read_line(line)
    except UNREADABLE:
        return {}


def _node_named(line: bytes) -> str | None:
    try:
        return node_named(unseal(line, ()))
    except UNREADABLE:
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _ns(value: object) -> int | None:
    is_number = isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) <= 20
    return int(str(value)) if is_number else None
