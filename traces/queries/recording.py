"""The recording of a run: each call that its program made, with what it gave and what it got, read from the ledger.

The caller has checked the run.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from deliberation.events import NodeEnded, NodeStarted, ValueDrawn
from deliberation.events.node_facts import NodeFacts
from deliberation.vocabulary import CallSort, Cost, NodeStatus, TextForm, Usage
from traces.models import Draw, Node, Run
from traces.queries.beginnings import nodes_by_begin
from traces.queries.ledger import StoredEntry, read_entries

PORTION = 50
"""Calls that are read at once: a text may have 20 MB."""
ANSWERS = frozenset({"output", "error", "raised", "value"})
NAMES = {CallSort.MODEL: "model", CallSort.TOOL: "tool"}
TOLD = (
    "input", "input_form", "request", "provider", "output", "output_form", "error", "raised",
    "usage", "cost", "finish_reason", "model", "response_id", "reasoning", "status",
    "recorded_seq",
)  # fmt: skip
"""What events say of a node that is told of the call, by the same names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One call. `seq` is the entry that states its key, `place` the first that reports its node: they are in its order.

    `ended_seq` is the entry with what came of it, None where none tells. Texts are as events have them, and the forms
    say what those of input and output stand for. `gone` names texts that were taken away, or whose bytes are lost.
    `recorded_seq` is told by calls of runs that replay: the entry of the other that answered.
    """

    call_key: str
    sort: CallSort
    name: str | None
    node: str | None
    place: int
    seq: int
    ended_seq: int | None = None
    input: str | None = None
    input_form: TextForm | None = None
    request: str | None = None
    provider: str | None = None
    output: str | None = None
    output_form: TextForm | None = None
    error: str | None = None
    raised: str | None = None
    usage: Usage | None = None
    cost: Cost | None = None
    finish_reason: str | None = None
    model: str | None = None
    response_id: str | None = None
    reasoning: str | None = None
    status: NodeStatus | None = None
    recorded_seq: int | None = None
    gone: frozenset[str] = frozenset()

    @property
    def unanswerable(self) -> str | None:
        """Why the recording cannot answer this call; None where it can."""
        if self.ended_seq is None:
            return "no end of it was recorded"
        if self.gone & ANSWERS:
            return "what came of it was redacted, has expired or is lost"
        if self.output_form is not None and not self.output_form.is_exact:
            return "what came of it is no value that could be recorded whole"
        return None


def read_calls(run_id: uuid.UUID, until_seq: int | None = None) -> Iterator[RecordedCall]:
    """Yield the calls of a run that began before an entry, or all of them."""
    after = -1
    while calls := read_calls_after(run_id, after, until_seq):
        yield from calls
        after = calls[-1].place


def read_calls_after(
    run_id: uuid.UUID, after: int, until_seq: int | None = None
) -> list[RecordedCall]:
    """Return the next calls after an entry; none at the end."""
    before = {} if until_seq is None else {"lt": until_seq}
    calls = nodes_by_begin(run_id).filter(call_key__isnull=False)
    nodes = _between(calls, "begun", after, **before)
    draws = _between(Draw.objects.filter(run_id=run_id), "seq", after, **before)
    found = sorted([*nodes, *draws], key=_place)
    if len(found) > PORTION:
        last = _place(found[PORTION - 1])
        found = [each for each in found if _place(each) <= last]
    return list(_read(run_id, found))


def count_calls(run: Run, until_seq: int | None = None) -> int:
    """Return how many there are."""
    nodes = nodes_by_begin(run.pk).filter(call_key__isnull=False)
    draws = Draw.objects.filter(run_id=run.pk)
    if until_seq is not None:
        nodes, draws = nodes.filter(begun__lt=until_seq), draws.filter(seq__lt=until_seq)
    return nodes.count() + draws.count()


def count_nodes_before(run: Run, until_seq: int | None) -> int | None:
    """Return how many nodes there were before an entry; a fork that has begun as many has come to it."""
    if until_seq is None:
        return None
    return nodes_by_begin(run.pk).filter(begun__lt=until_seq).count()


def _between(rows: Any, column: str, after: int, *, lt: int | None = None) -> Any:
    found = rows.filter(**{f"{column}__gt": after})
    if lt is not None:
        found = found.filter(**{f"{column}__lt": lt})
    # One more than a portion: a node and a draw may begin in the same entry, and are not parted.
    return found.order_by(column)[: PORTION + 1]


def _place(row: Node | Draw) -> int:
    return row.seq if isinstance(row, Draw) else _begun(row)


def _begun(row: Node) -> int:
    return row.ordinal if row.begun_seq is None else row.begun_seq


def _read(run_id: uuid.UUID, rows: Iterable[Node | Draw]) -> Iterator[RecordedCall]:
    listed = list(rows)
    seqs = {seq for row in listed for seq in ([row.seq] if isinstance(row, Draw) else row.entries)}
    entries = {each.seq: each for each in read_entries(run_id, sorted(seqs))}
    for row in listed:
        if isinstance(row, Draw):
            yield _drawn(row, entries[row.seq])
        else:
            yield _called(row, [entries[seq] for seq in row.entries if seq in entries])


def _drawn(row: Draw, entry: StoredEntry) -> RecordedCall:
    event = entry.event
    return RecordedCall(
        call_key=row.call_key,
        sort=CallSort(row.call_sort),
        name=row.stream or "",
        node=row.node_id,
        place=row.seq,
        seq=row.seq,
        ended_seq=row.seq,
        output=event.value if isinstance(event, ValueDrawn) else None,
        output_form=TextForm.JSON,
        status=NodeStatus.OK,
        recorded_seq=row.recorded_seq,
        gone=_gone(entry),
    )


def _called(row: Node, entries: list[StoredEntry]) -> RecordedCall:
    call = RecordedCall(
        call_key=row.call_key or "",
        sort=CallSort(row.call_sort or CallSort.TOOL),
        name=None,
        node=row.node_id,
        place=_begun(row),
        seq=_begun(row),
    )
    for entry in entries:
        event = entry.event
        if isinstance(event, NodeFacts) and event.node == row.node_id:
            call = replace(call, **_said(call, event, entry))
    return call


def _said(call: RecordedCall, event: NodeFacts, entry: StoredEntry) -> dict[str, Any]:
    """Return what an event adds to a call. A start never overrules an end that came before it, as in the rows."""
    is_late = isinstance(event, NodeStarted) and call.ended_seq is not None
    said: dict[str, Any] = {
        name: value
        for name in TOLD
        if (value := getattr(event, name)) is not None
        and not (is_late and getattr(call, name) is not None)
    }
    if event.call_key is not None:
        # The model that was asked for names the call, whichever served it in the end.
        said["name"] = getattr(event, NAMES.get(call.sort, "name")) or event.name
        said["seq"] = entry.seq
    if isinstance(event, NodeEnded) or event.ended_at is not None:
        said["ended_seq"] = entry.seq
    return said | {"gone": call.gone | _gone(entry)}


def _gone(entry: StoredEntry) -> frozenset[str]:
    return frozenset(name for name, data in entry.parts.items() if data is None) | frozenset(
        entry.lost
    )
