"""The disclosure of a run: its ledger in one pass, and what the server knows beside it."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection, transaction

from deliberation.disclosure.disclose import disclose
from deliberation.disclosure.gathering import Gathered, gather
from deliberation.disclosure.questions import Answer
from traces.models import Run
from traces.queries.access import Who, see_run
from traces.queries.disclosed_surroundings import read_surroundings

ENTRIES_AT_ONCE = 2_000
MOST_KEPT = 8
"""Runs of which what was gathered is kept, in each process: a page asks again and again for the same."""

_kept: OrderedDict[tuple[uuid.UUID, int], Gathered] = OrderedDict()
_lock = threading.Lock()


def get_disclosure(*, who: Who, run_id: str | uuid.UUID) -> list[Answer]:
    """Return the answers to the 24 questions, in their order. Raises NotVisible."""
    run = see_run(who, run_id)
    told = _gathered(run)
    return disclose(told, read_surroundings(run, told))


def _gathered(run: Run) -> Gathered:
    key = (run.id, run.size)
    with _lock:
        known = _kept.get(key)
        if known is not None:
            _kept.move_to_end(key)
            return known
    made = gather(_lines(run.id, run.size))
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made


def _lines(run_id: uuid.UUID, size: int) -> Iterator[tuple[int, dict[str, Any]]]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT seq, line FROM traces_ledgerentry WHERE run_id = %s AND seq < %s ORDER BY seq",
            [run_id, size],
        )
        while rows := cursor.fetchmany(ENTRIES_AT_ONCE):
            for seq, line in rows:
                yield seq, orjson.loads(line)
