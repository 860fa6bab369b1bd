"""Rows of the tree as they were at an entry: the server's part of them, for a window of the playback.

A node that nothing changed since is as it is now. Of any other the entries up to that one are folded again: the ones
that speak of it, which its row names (the first and the last 500 where they are more than 1,000).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from decimal import localcontext
from typing import Any

from django.db import connection

from deliberation.ledger.entry import read_line, unseal
from traces.audit.openings import Opening, unpack
from traces.models import LedgerEntry, Node, Run
from traces.playback.beginnings import read_beginnings
from traces.playback.fold import Memory
from traces.projection.project import EXACT, Numbered, fold
from traces.projection.states import NodeState, RunState
from traces.projection.texts import MAX_PARSED_CHARS
from traces.queries.access import NotVisible, Who, is_storable, see_run
from traces.queries.rows import own_values
from traces.queries.verdicts import verdicts_on

LONGEST_TEXT = MAX_PARSED_CHARS * 4 + 4
"""Bytes of a text that are read: no preview looks at more."""
LINES = """
SELECT seq, line, openings FROM traces_ledgerentry WHERE run_id = %s AND seq = ANY(%s) ORDER BY seq"""


def rows_at(
    *, who: Who, run_id: str | uuid.UUID, seq: int, ordinals: Sequence[int]
) -> list[dict[str, Any]]:
    """Return the rows of nodes that were there at an entry, with these ordinals, in their order. Raises NotVisible."""
    run = see_run(who, run_id)
    there = [ordinal for ordinal in ordinals if 0 < ordinal <= seq]
    nodes = {node.ordinal: node for node in nodes_of(run, there)}
    changed = [node for node in nodes.values() if node.changed_seq > seq]
    earlier = {node.ordinal: node for node in _folded(run, changed, seq)}
    shown = [earlier.get(ordinal) or nodes[ordinal] for ordinal in there if ordinal in nodes]
    judged = [node.node_id for node in shown if node.verdict is not None]
    verdicts = verdicts_on(run.id, judged, until=seq) if judged else {}
    return [own_values(node, verdicts.get(node.node_id, [])) for node in shown]


def ordinal_of(*, who: Who, run_id: str | uuid.UUID, node_id: str) -> int:
    """Return the ordinal of the node with an id. Raises NotVisible."""
    run = see_run(who, run_id)
    found = Node.objects.filter(run_id=run.id, node_id=node_id) if is_storable(node_id) else ()
    for node in found:
        return int(node.ordinal)
    raise NotVisible


def nodes_of(run: Run, ordinals: Sequence[int]) -> Iterable[Node]:
    """Return the nodes with these ordinals. An ordinal is the seq of the entry that first named the node."""
    entries = LedgerEntry.objects.filter(run_id=run.id, seq__in=ordinals)
    named = (
        read_line(bytes(line))["d"].get("node") for line in entries.values_list("line", flat=True)
    )
    return Node.objects.filter(run_id=run.id, node_id__in=[each for each in named if each])


def _folded(run: Run, nodes: Sequence[Node], seq: int) -> Iterator[NodeState]:
    if not nodes:
        return
    seqs = sorted({each for node in nodes for each in node.entries if each <= seq})
    wanted = {node.node_id for node in nodes}
    row = RunState(
        run_id=run.id, project_id=run.project_id, source=run.source, trace_id=run.trace_id
    )
    memory = Memory({run.id: row})
    with localcontext(EXACT):
        for each in _read(run.id, seqs):
            fold(memory, row, each)
            memory.forget_written()
    yield from (node for (_, node_id), node in memory.nodes.items() if node_id in wanted)


def _read(run_id: uuid.UUID, seqs: Sequence[int]) -> Iterator[Numbered]:
    with connection.cursor() as cursor:
        cursor.execute(LINES, [run_id, list(seqs)])
        rows = [(seq, bytes(line), list(unpack(bytes(packed)))) for seq, line, packed in cursor]
        wanted = {each.inner for row in rows for each in row[2] if each.inner is not None}
    large = read_beginnings(run_id, wanted, LONGEST_TEXT)
    for seq, line, openings in rows:
        texts = ((each.name, _text(each, large)) for each in openings)
        yield Numbered(
            seq, unseal(line, [(name, text) for name, text in texts if text is not None])
        )


def _text(opening: Opening, large: dict[bytes, bytes]) -> bytes | None:
    return large.get(opening.inner) if opening.inner is not None else opening.data
