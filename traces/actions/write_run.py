"""Write the bundle of one run into a file: what the task and the command have in common."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from traces.audit.bundle import Written, write_bundle
from traces.audit.export_options import ExportOptions
from traces.audit.fits import check_fits
from traces.audit.not_exported import Damaged, NotExported
from traces.audit.stored import Proofs, StoredRow, StoredRun
from traces.models import Run
from traces.queries.stored_run import measure_ledger, stored_run

TRIES = 3
EVERY = 500
Tell = Callable[[int, int], None]
"""Told how many of how many entries are written; what it raises ends the writing."""


def write_run(
    out: BinaryIO, *, run_id: uuid.UUID, options: ExportOptions, made_at: dt.datetime, tell: Tell
) -> Written:
    """Write the bundle of a run as it is now. Raises `NotExported`; what stands in `out` then is no bundle.

    A text may be taken away while the ledger is read, by an entry that came later: then all is written again.
    """
    for _ in range(TRIES):
        run = Run.objects.filter(pk=run_id, size__gt=0).first()
        if run is None:
            raise NotExported("the run is gone")
        check_fits(measure_ledger(run_id, run.size))
        out.seek(0)
        out.truncate()
        try:
            return _write(out, stored_run(run, Proofs()), options, made_at, tell)
        except Damaged as found:
            if Run.objects.filter(pk=run_id, size=run.size).exists():
                raise
            damage = found
    raise damage


def _write(
    out: BinaryIO, stored: StoredRun, options: ExportOptions, made_at: dt.datetime, tell: Tell
) -> Written:
    watched = replace(stored, rows=lambda: _watched(stored, tell))
    return write_bundle(out, runs=[watched], made_at=made_at, withholding=options.withholding)


def _watched(stored: StoredRun, tell: Tell) -> Iterator[StoredRow]:
    for row in stored.rows():
        if row.seq % EVERY == 0:
            tell(row.seq, stored.size)
        yield row
    tell(stored.size, stored.size)
