"""Write the bundle of one run into a file: what the task and the command have in common."""

from __future__ import annotations

import datetime as dt
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from deliberation.bundle.disclosed import answers_of
from deliberation.bundle.dsse import read_envelope
from deliberation.bundle.run_evidence import RunEvidence
from traces.actions.derive_files import derive_files
from traces.actions.seal_for_bundle import Sealed, seal_for_bundle
from traces.actions.tell_instance import Told, record_in_instance_log
from traces.audit.bundle import DerivedFile, Last, Written, write_bundle
from traces.audit.export_options import ExportOptions
from traces.audit.fits import check_fits
from traces.audit.instance_kinds import InstanceKind
from traces.audit.not_exported import Damaged, NotExported
from traces.audit.stored import StoredRow, StoredRun
from traces.models import Run
from traces.queries.stored_run import measure_ledger
from traces.signer.ask import SignerAt
from traces.signer.sign import NotSigned, Refused

TRIES = 3
EVERY = 500
UNSIGNED = (
    "{}. Nothing was exported: let the signer be started, or ask for a bundle without signatures"
)
Tell = Callable[[int, int], None]
"""Told how many of how many entries are written; what it raises ends the writing."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A bundle that was written, and who signed it: `<key name>+<key id>`, with commas; None for nobody."""

    written: Written
    by: str | None


def write_run(
    out: BinaryIO,
    *,
    run_id: uuid.UUID,
    options: ExportOptions,
    signer: SignerAt,
    made_at: dt.datetime,
    tell: Tell,
) -> Signed:
    """Write the bundle of a run as it is now. Raises `NotExported`; what stands in `out` then is no bundle.

    A text may be taken away while the ledger is read, by an entry that came later: then all is written again.
    """
    for _ in range(TRIES):
        run = Run.objects.filter(pk=run_id, size__gt=0).first()
        if run is None:
            raise NotExported("the run is gone")
        check_fits(measure_ledger(run_id, run.size))
        try:
            return _Writing(out, run, options, made_at, tell).write(signer)
        except Damaged as found:
            if Run.objects.filter(pk=run_id, size=run.size).exists():
                raise
            damage = found
    raise damage


def tell_of_export(written: Written, *, by: str, now_ns: int) -> None:
    """Tell the instance's log which runs left in a bundle. The last thing in the caller's transaction."""
    told = [
        Told(
            kind=InstanceKind.BUNDLE_EXPORTED,
            key=f"export:{written.identity}:{run.run}",
            by=by,
            facts={
                "bundle": written.identity,
                "root": b64encode(run.root).decode(),
                "run": run.run,
                "size": run.size,
                "withheld": run.withheld,
            },
        )
        for run in written.runs
    ]
    record_in_instance_log(*told, now_ns=now_ns)


@dataclass(frozen=True, slots=True)
class _Writing:
    out: BinaryIO
    run: Run
    options: ExportOptions
    made_at: dt.datetime
    tell: Tell

    def write(self, signer: SignerAt) -> Signed:
        if not self.options.signed:
            return Signed(self._write(self._seal(None)), None)
        try:
            return self._write_signed(self._seal(signer), signer)
        except Refused as refused:
            # The signer will not say yes to a history that was rewritten; which entry it is, the writing finds.
            self._write(self._seal(None))
            raise NotExported(f"the signer refused: {refused}") from None
        except NotSigned as away:
            raise NotExported(UNSIGNED.format(away)) from None

    def _seal(self, signer: SignerAt | None) -> Sealed:
        now_ns = int(self.made_at.timestamp()) * 10**9
        return seal_for_bundle(self.run, signer=signer, now_ns=now_ns)

    def _write_signed(self, sealed: Sealed, signer: SignerAt) -> Signed:
        labels: list[str] = []

        def sign(statement: bytes) -> bytes:
            envelope = signer.sign_envelope(statement)
            labels.extend(label for label, _ in read_envelope(envelope).signatures)
            return envelope

        written = self._write(sealed, sign)
        return Signed(written, ", ".join(labels))

    def _write(self, sealed: Sealed, sign: Callable[[bytes], bytes] | None = None) -> Written:
        self.out.seek(0)
        self.out.truncate()
        return write_bundle(
            self.out,
            runs=[replace(sealed.stored, rows=lambda: self._watched(sealed.stored))],
            made_at=self.made_at,
            withholding=self.options.withholding,
            instance=sealed.instance,
            sign=sign,
            derive=self._derive,
            discloses=self.options.derived,
        )

    def _derive(self, found: Sequence[RunEvidence], last: Last) -> Iterable[DerivedFile]:
        if not self.options.derived:
            return ()
        answers = answers_of(found[0], last.get(found[0].run))
        return derive_files(self.run, found[0], answers, self.options)

    def _watched(self, stored: StoredRun) -> Iterator[StoredRow]:
        for row in stored.rows():
            if row.seq % EVERY == 0:
                self.tell(row.seq, stored.size)
            yield row
        self.tell(stored.size, stored.size)
