"""The changes of a run, made when somebody asks and kept for the next portion: bounded, and as long as memory allows.

Making them is one pass over the ledger, so that a hundred thousand entries take some seconds of one core the first
time, spread over the portions that are asked for. What is kept is of this process alone and can be lost at any time:
then it is made again. The rows in memory are let go of when a run is over; its changes are a tenth of them.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

from django.db import connection

from deliberation.vocabulary import NodeKind
from traces.models import Run
from traces.playback.changes import Changes
from traces.playback.fold import Fold
from traces.playback.ledger_lines import read_events
from traces.queries.access import Who, see_run

PORTION = 5_000
LONGEST = 250_000
"""Entries of a run that can be played back."""
ROW_BYTES, CHANGE_BYTES = 1_200, 150
"""About what an entry takes: as long as its run may go on, and after that."""
KEPT_BYTES = 300_000_000
"""Of all kept runs together."""


class TooLong(Exception):
    """The run has more entries than are held in memory."""


@dataclass(slots=True)
class _Kept:
    twins: dict[str, str]
    fold: Fold | None = None
    changes: Changes = field(default_factory=Changes)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def takes(self) -> int:
        """About how many bytes."""
        each = CHANGE_BYTES if self.fold is None else ROW_BYTES + CHANGE_BYTES
        return self.changes.size * each


_kept: OrderedDict[uuid.UUID, _Kept] = OrderedDict()
_lock = threading.Lock()


def get_changes(*, who: Who, run_id: str | uuid.UUID, after: int = -1) -> bytes:
    """Return the next portion of a run's changes after a seq, as JSON. Raises NotVisible and TooLong."""
    run = see_run(who, run_id)
    if run.size > LONGEST:
        raise TooLong(f"A run of more than {LONGEST:,} entries is not played back.")
    kept = _kept_for(run, is_first=after < 0)
    with kept.lock:
        until = min(after + PORTION, run.size - 1)
        _fold_to(run, kept, until)
        return kept.changes.portion(after=after, limit=PORTION, last=run.size - 1)


def _fold_to(run: Run, kept: _Kept, until: int) -> None:
    if kept.changes.size > until:
        return
    if kept.fold is None:
        kept.fold = Fold(run, kept.twins)
    kept.changes = kept.fold.changes
    kept.fold.take(read_events(run.id, kept.changes.size - 1, until + 1 - kept.changes.size))
    if kept.changes.size >= run.size and kept.fold.is_over:
        kept.fold = None


def _kept_for(run: Run, *, is_first: bool) -> _Kept:
    """Return what is kept of a run; whoever begins to read gets it as responses are settled now."""
    with _lock:
        known = _kept.get(run.id)
    if known is None or is_first:
        twins = _read_twins(run.id)
        if known is None or known.twins != twins:
            known = _Kept(twins)
    with _lock:
        _kept[run.id] = known
        _kept.move_to_end(run.id)
        while len(_kept) > 1 and sum(each.takes for each in _kept.values()) > KEPT_BYTES:
            _kept.popitem(last=False)
    return known


def _read_twins(run_id: uuid.UUID) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT node_id, twin_of FROM traces_node "
            "WHERE run_id = %s AND twin_of IS NOT NULL AND kind = %s",
            [run_id, NodeKind.MODEL_CALL.value],
        )
        return dict(cursor.fetchall())
