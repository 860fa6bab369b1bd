"""A worker reads one import: its files become runs, and its row says how far it is and what came out.

Guarantee: what was read is in the ledgers; a crash loses only the telling. Read again from the beginning, the same
files give the same runs and the same facts, which are recorded once.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from pathlib import Path

from deliberation.bundle.verdict import Misuse
from ingest.import_files import ImportedRuns
from ingest.inbox import NOBODYS_FAULT
from ingest.models import Import, ImportState
from ingest.uploads import claim
from ingest.uploads.bundle import find_bundle, read_bundle
from ingest.uploads.outcome import summary
from ingest.uploads.places import FILES, abandoned, folder_of, remove_folder
from ingest.uploads.progress import Progress
from ingest.uploads.reading import Reading
from traces.audit.not_imported import NotImported

RETRY_PAUSE_SECONDS = 2.0
GONE = "its files are not on this machine: web and worker must share DATA_DIR"
OUR_FAULT = "the program stumbled over it; that is our fault, and it has been logged"
Clock = Callable[[], int]
Randbytes = Callable[[int], bytes]
log = logging.getLogger(__name__)


def read_next(
    *, clock: Clock, randbytes: Randbytes, let_others: Callable[[], None] = lambda: None
) -> bool:
    """Read the oldest import to its end. False when there is none to be read.

    `clock` gives ns since 1970; `let_others` is called about once a second while reading.
    """
    row = claim.claim(uuid.UUID(bytes=randbytes(16)))
    if row is None:
        return False
    try:
        _read(row, clock, randbytes, Progress(row, let_others))
    except claim.LostImport as lost:
        log.warning("%s", lost)
        return True
    except NOBODYS_FAULT:
        claim.release(row, RETRY_PAUSE_SECONDS)
        raise
    except Exception:
        log.exception("import %s", row.pk)
        claim.end(row, ImportState.FAILED, clock(), error=OUR_FAULT)
    remove_folder(row.pk)
    return True


def remove_abandoned() -> None:
    """Delete files of uploads that were cut off before they became an import."""
    left = set(abandoned())
    for import_id in left - set(Import.objects.filter(pk__in=left).values_list("pk", flat=True)):
        remove_folder(import_id)


def _read(row: Import, clock: Clock, randbytes: Randbytes, progress: Progress) -> None:
    folder = folder_of(row.pk)
    hopeless = _hopeless(row) or (None if (folder / FILES).is_dir() else GONE)
    if hopeless:
        return claim.end(row, ImportState.FAILED, clock(), error=hopeless)
    bundle = find_bundle(folder)
    if bundle is not None:
        return _read_bundle(row, bundle, clock)
    runs = ImportedRuns(project=row.project_id, now_ns=clock(), randbytes=randbytes)
    reading = Reading(folder=folder, format=row.format, runs=runs, progress=progress)
    reading.read_all()
    imported = runs.done()
    for failure in runs.failures:
        reading.told.fail(failure)
    outcome = summary(reading.told, imported)
    state = ImportState.DONE if outcome["run_count"] else ImportState.FAILED
    counted = {"files_read": progress.read, "files_found": progress.found}
    return claim.end(row, state, clock(), **counted, **outcome)


def _read_bundle(row: Import, path: Path, clock: Clock) -> None:
    try:
        outcome = read_bundle(row, path, clock())
    except (NotImported, Misuse) as refused:
        return claim.end(row, ImportState.FAILED, clock(), error=str(refused))
    return claim.end(row, ImportState.DONE, clock(), **outcome)


def _hopeless(row: Import) -> str | None:
    return claim.ENDED_ITS_WORKER if row.attempts > claim.MAX_ATTEMPTS else None
