"""The differences that a replaying run met, each with both sides, as its program told them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from deliberation.events import ReplayDiverged
from traces.models import Divergence
from traces.queries.access import Who, see_run
from traces.queries.ledger import read_entries

SHOWN = 50
TEXT_CHARS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class DivergenceRow:
    """One difference. `expected` and `got` are JSON, cut to 1,500 characters; None where that side has nothing.

    `recorded_seq` is an entry of the replayed run.
    """

    seq: int
    difference: str
    sort: str
    name: str | None
    then: str
    node: str | None
    recorded_seq: int | None
    expected: str | None
    got: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergences:
    """The first of them, and how many there are."""

    rows: list[DivergenceRow]
    count: int

    @property
    def more(self) -> int:
        """How many are not among the rows."""
        return self.count - len(self.rows)


def list_divergences(*, who: Who, run_id: str | uuid.UUID) -> Divergences:
    """Return what a run says that it did otherwise than the one it replays. Raises NotVisible."""
    run = see_run(who, run_id)
    found = Divergence.objects.filter(run_id=run.pk)
    first = list(found.order_by("seq")[:SHOWN])
    entries = read_entries(run.pk, [each.seq for each in first])
    told = {each.seq: each.event for each in entries}
    rows = [_row(each, told.get(each.seq)) for each in first]
    return Divergences(rows=rows, count=found.count() if len(first) == SHOWN else len(first))


def _row(found: Divergence, event: object) -> DivergenceRow:
    said = event if isinstance(event, ReplayDiverged) else None
    return DivergenceRow(
        seq=found.seq,
        difference=found.difference,
        sort=found.call_sort,
        name=found.name,
        then=found.then,
        node=found.node_id,
        recorded_seq=found.recorded_seq,
        expected=_cut(None if said is None else said.expected),
        got=_cut(None if said is None else said.got),
    )


def _cut(text: str | None) -> str | None:
    return None if text is None else text[:TEXT_CHARS] + ("…" if len(text) > TEXT_CHARS else "")
