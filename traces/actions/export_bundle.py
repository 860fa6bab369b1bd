"""A worker writes one export: into a file of its own beside the storage, then into the storage, then the row says so.

Guarantee: a bundle is seen when it is whole, and never before. A crash at any moment leaves the export to be written
again, and at most a file that nobody knows of, which `remove_bundles` deletes.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils.timezone import now

from traces.actions import claim_bundle
from traces.actions.claim_bundle import LostBundle
from traces.actions.store_bundle import store_bundle
from traces.actions.write_run import Signed, tell_of_export, write_run
from traces.audit.export_options import ExportOptions
from traces.audit.not_exported import NotExported
from traces.models import Bundle
from traces.models.bundle import BundleStatus
from traces.queries.bundle_files import bundle_storage
from traces.signer.ask import SignerAt

TELL_SECONDS = 1.0
RETRY_PAUSE_SECONDS = 2.0
ENDED_ITS_WORKER = (
    "writing it was begun several times and never came to an end: the worker died each time"
)
OUR_FAULT = "the program stumbled over it; that is our fault, and it has been logged"
NO_ROOM = "the file could not be written: {}"
Clock = Callable[[], int]
log = logging.getLogger(__name__)


def export_next(
    *,
    clock: Clock,
    randbytes: Callable[[int], bytes],
    signer: SignerAt,
    let_others: Callable[[], None] = lambda: None,
) -> bool:
    """Write the oldest export to its end. False when there is none to be written.

    `clock` gives ns since 1970; `let_others` is called about once a second while writing, outside any transaction.
    """
    claimed = claim_bundle.claim_bundle(uuid.UUID(bytes=randbytes(16)))
    if claimed is None:
        return False
    try:
        _export(claimed, clock, signer, let_others)
    except LostBundle as lost:
        log.warning("%s", lost)
    except (OperationalError, InterfaceError):
        claim_bundle.release(claimed, RETRY_PAUSE_SECONDS)
        raise
    return True


@dataclass(slots=True)
class _Progress:
    """Keeps the claim while entries are written. Raises `LostBundle`."""

    claimed: Bundle
    let_others: Callable[[], None]
    told_at: float = -TELL_SECONDS

    def tell(self, done: int, entries: int) -> None:
        if time.monotonic() - self.told_at < TELL_SECONDS:
            return
        self.told_at = time.monotonic()
        claim_bundle.renew(self.claimed, entries_done=done, entries=entries)
        self.let_others()

    def keep(self) -> None:
        """Keep the claim while the whole file goes into the storage."""
        claim_bundle.renew(self.claimed)


def _export(
    claimed: Bundle, clock: Clock, signer: SignerAt, let_others: Callable[[], None]
) -> None:
    if claimed.attempts > claim_bundle.MAX_ATTEMPTS:
        return _fail(claimed, clock, ENDED_ITS_WORKER)
    path = settings.DATA_DIR / "exports" / f"{claimed.pk}.{claimed.token}.part"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        progress = _Progress(claimed, let_others)
        written = _write(claimed, path, signer, progress)
        return _keep(path, written, clock, progress)
    except NotExported as refused:
        return _fail(claimed, clock, str(refused))
    except OSError as error:
        return _fail(claimed, clock, NO_ROOM.format(error.strerror or "it broke off"))
    except (LostBundle, OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("bundle %s", claimed.pk)
        return _fail(claimed, clock, OUR_FAULT)
    finally:
        with suppress(OSError):
            path.unlink()


def _write(claimed: Bundle, path: Path, signer: SignerAt, progress: _Progress) -> Signed:
    with path.open("w+b") as out:
        path.chmod(0o600)
        return write_run(
            out,
            run_id=claimed.run_id,
            options=ExportOptions.of(claimed.options),
            signer=signer,
            made_at=now(),
            tell=progress.tell,
        )


def _keep(path: Path, signed: Signed, clock: Clock, progress: _Progress) -> None:
    storage, claimed = bundle_storage(), progress.claimed
    name = store_bundle(
        storage,
        f"{claimed.pk}.{str(claimed.token)[:8]}.zip",
        path,
        keep=progress.keep,
        let_others=progress.let_others,
    )
    written = signed.written
    [run] = written.runs
    now_ns = clock()
    lasts = dt.timedelta(days=settings.BUNDLE_DAYS)
    try:
        with transaction.atomic():
            claim_bundle.end(
                claimed,
                BundleStatus.READY,
                now_ns,
                file=name,
                size=written.size,
                identity=written.identity,
                entries=run.size,
                entries_done=run.size,
                root=b64encode(run.root).decode("ascii"),
                parts={"shown": run.shown, "withheld": run.withheld, "gone": run.gone},
                signed_by=signed.by,
                expires_ns=now_ns + int(lasts.total_seconds()) * 10**9,
            )
            tell_of_export(written, by=claimed.by, now_ns=now_ns)
    except LostBundle:
        storage.delete(name)
        raise


def _fail(claimed: Bundle, clock: Clock, sentence: str) -> None:
    claim_bundle.end(claimed, BundleStatus.FAILED, clock(), error=sentence)
