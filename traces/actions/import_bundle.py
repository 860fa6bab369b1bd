"""Import an audit bundle: verified first, then its runs are kept as they came and shown as another installation's.

Guarantee: all of a bundle's runs are here, or nothing of it. The bundle is read twice by the verifier: once before
anything is written, and again while its entries are written, in one transaction that is undone unless it passes again.
A crash leaves nothing; the same bundle again is refused, because its runs are here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from deliberation.bundle.archive import Archive
from deliberation.bundle.bounds import MAX_NOTE_BYTES, MAX_TAG_FILE_BYTES
from deliberation.bundle.heads import KnownHead
from deliberation.bundle.keys import Key
from deliberation.bundle.layout import (
    ANCHOR_LEAF,
    ANCHOR_PROOF,
    ANCHOR_STAMP,
    ANCHORS,
    BLOBS,
    CHECKPOINTS,
    INSTANCE_LEAF,
    INSTANCE_PROOF,
    RUNS,
    anchors_of,
)
from deliberation.bundle.note import read_checkpoint, split_notes
from deliberation.bundle.report import Report
from deliberation.bundle.run_evidence import RunEvidence
from deliberation.bundle.time_stamps import MAX_STAMP_BYTES
from deliberation.bundle.verdict import Verdict
from deliberation.bundle.verify import verify
from deliberation.events.fields import Invalid
from traces.actions.keep_entries import EntryKeeper
from traces.actions.rebuild import Damaged, rebuild
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.audit.instance_kinds import InstanceKind
from traces.audit.not_imported import NotImported
from traces.audit.stored import StoredAnchor
from traces.models import ExpiredRun, ForeignRun, Run
from traces.models.run import FOREIGN

REFUSED = (Verdict.INVALID, Verdict.UNSUPPORTED, Verdict.DIVERGED)
MAX_TEXT_BYTES = 64 << 20
"""Of one text: more than any that was sent to an installation could have."""
UNFIT = (
    DatabaseError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    Damaged,
)
HERE = "run {run} is here already, and nothing was imported"
UNREADABLE = "run {run} holds what this version cannot show ({error}), so nothing was imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToImport:
    """A bundle that somebody brought, the keys and heads that they trust, and the project that it goes into."""

    file: BinaryIO
    project: int
    by: str
    keys: Sequence[Key] = ()
    heads: Sequence[KnownHead] = ()


def check_bundle(given: ToImport) -> Report:
    """Return what the verifier says. Raises `NotImported` with its reason, and for runs that are here already."""
    report = verify(given.file, keys=given.keys, heads=given.heads)
    if report.verdict in REFUSED:
        raise NotImported(f"{report.verdict.name}: {report.reason}")
    for run in report.runs:
        if Run.objects.filter(pk=run.run).exists():
            raise NotImported(HERE.format(run=run.run))
        if ExpiredRun.objects.filter(run_id=run.run).exists():
            raise NotImported(f"run {run.run} was deleted here, and is not taken again")
    return report


def import_bundle(given: ToImport, *, now_ns: int) -> Report:
    """Import all runs of a bundle; return what the verifier said. Raises `NotImported`, and leaves nothing then."""
    report = check_bundle(given)
    archive = Archive(given.file)
    for name in archive.names:
        if f"/{BLOBS}" in name and archive.size(name) > MAX_TEXT_BYTES:
            raise NotImported(f"{name}: a text has more than {MAX_TEXT_BYTES:,} bytes")
    with transaction.atomic():
        _import(given, archive, report, now_ns)
    return report


def _import(given: ToImport, archive: Archive, report: Report, now_ns: int) -> None:
    keeper = EntryKeeper(archive, dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC))
    first = report.runs[0].run
    try:
        _make_runs(given, report)
        again = verify(given.file, keys=given.keys, heads=given.heads, look=keeper.take)
        if (again.verdict, again.identity) != (report.verdict, report.identity):
            raise NotImported("the file changed while it was read")
        keeper.flush()
        for run in report.runs:
            first = run.run
            _finish(given, archive, report, run, keeper, now_ns)
    except (OperationalError, InterfaceError):
        raise
    except UNFIT as error:
        raise NotImported(UNREADABLE.format(run=first, error=_told_of(error))) from error
    record_in_instance_log(*(_told(given, report, run) for run in report.runs), now_ns=now_ns)


def _told_of(error: Exception) -> str:
    return str(error) if isinstance(error, Invalid) else type(error).__name__


def _make_runs(given: ToImport, report: Report) -> None:
    rows = [
        Run(id=uuid.UUID(run.run), project_id=given.project, source=FOREIGN) for run in report.runs
    ]
    made = Run.objects.bulk_create(rows, ignore_conflicts=True)
    if Run.objects.filter(pk__in=[row.pk for row in made], size__gt=0).exists():
        raise NotImported(HERE.format(run=report.runs[0].run))


def _finish(
    given: ToImport,
    archive: Archive,
    report: Report,
    run: RunEvidence,
    keeper: EntryKeeper,
    now_ns: int,
) -> None:
    kept = keeper.runs[run.run]
    run_id = uuid.UUID(run.run)
    now = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
    ours = Run.objects.filter(pk=run_id, project_id=given.project, source=FOREIGN, size=0)
    if not ours.update(size=kept.size, frontier=b"".join(kept.frontier), heard_at=now):
        raise NotImported(HERE.format(run=run.run))
    ForeignRun.objects.create(
        run_id=run_id,
        identity=report.identity or "",
        verdict=report.verdict.name,
        report=report.plain(),
        imported_ns=now_ns,
        by=given.by,
        **_signed(archive, run.run),
    )
    rebuild(run_id=run_id)


def _signed(archive: Archive, run: str) -> dict[str, Any]:
    """Return what the bundle has of a run's checkpoints, untouched."""
    folder = f"{RUNS}{run}/"
    files = {
        name: archive.read(folder + name, most) if folder + name in archive else b""
        for name, most in (
            (CHECKPOINTS, MAX_TAG_FILE_BYTES),
            (INSTANCE_LEAF, MAX_NOTE_BYTES),
            (INSTANCE_PROOF, MAX_NOTE_BYTES),
        )
    }
    notes = files[CHECKPOINTS].decode()
    instance = None
    if notes:
        instance = read_checkpoint(split_notes(notes)[-1]).origin.rpartition("/runs/")[0]
    return {
        "notes": notes,
        "leaf": files[INSTANCE_LEAF],
        "proof": files[INSTANCE_PROOF].decode(),
        "instance": instance,
        "anchors": _anchors(archive, run),
    }


def _anchors(archive: Archive, run: str) -> list[dict[str, Any]]:
    """Return the time stamps that the bundle has of a run, untouched."""
    found = []
    names = [name for name in archive.names if name.startswith(f"{ANCHORS}{run}/")]
    for size in sorted(anchors_of(names, [run])[run]):
        name = f"{ANCHORS}{run}/{size}"
        anchor = StoredAnchor(
            size=size,
            leaf=archive.read(name + ANCHOR_LEAF, MAX_NOTE_BYTES),
            proof=archive.read(name + ANCHOR_PROOF, MAX_NOTE_BYTES).decode(),
            response=archive.read(name + ANCHOR_STAMP, MAX_STAMP_BYTES),
        )
        found.append(anchor.plain())
    return found


def _told(given: ToImport, report: Report, run: RunEvidence) -> Told:
    found = ForeignRun.objects.get(pk=run.run)
    return Told(
        kind=InstanceKind.BUNDLE_IMPORTED,
        key=f"import:{report.identity}:{run.run}",
        by=given.by,
        facts={
            "bundle": report.identity,
            "origin": found.instance,
            "run": run.run,
            "size": run.size,
            "verdict": report.verdict.name,
        },
    )
