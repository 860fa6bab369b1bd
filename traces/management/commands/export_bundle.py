"""`manage.py export_bundle RUN -o FILE`: an audit bundle without a browser."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from traces.actions.write_run import Signed, tell_of_export, write_run
from traces.audit.export_options import ExportOptions
from traces.audit.not_exported import NotExported
from traces.audit.withholding import Withholding
from traces.models import Run
from traces.queries.signer import the_signer

TELL_SECONDS = 1.0


class Command(BaseCommand):
    """Writes one run; prints a JSON line. What is at FILE already is replaced once the bundle is whole."""

    help = "Export a run as an audit bundle that `deliberation verify` checks."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the run, the file, and what is withheld."""
        parser.add_argument("run", type=uuid.UUID)
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--withhold-all", action="store_true", help="show no text, only facts and hashes"
        )
        parser.add_argument(
            "--withhold-part", action="append", default=[], metavar="NAME", help="such as input"
        )
        parser.add_argument(
            "--withhold-kind",
            action="append",
            default=[],
            metavar="KIND",
            help="such as note.written",
        )
        parser.add_argument("--reason", default="", help="why; the bundle says it")
        parser.add_argument(
            "--unsigned", action="store_true", help="where no signer is: no new checkpoint"
        )
        parser.add_argument("--no-derived", action="store_true", help="the evidence alone")
        parser.add_argument(
            "--parquet", action="store_true", help="tables as Parquet too; needs pyarrow"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write beside the file, then put it in place: a failure leaves no file."""
        if not Run.objects.filter(pk=options["run"], size__gt=0).exists():
            raise CommandError(f"there is no run {options['run']}")
        output: Path = options["output"]
        part = output.with_name(f".{output.name}.{uuid.uuid4().hex[:8]}.part")
        self._told_at = time.monotonic()
        try:
            with part.open("w+b") as out:
                signed = write_run(
                    out,
                    run_id=options["run"],
                    options=_read(options),
                    signer=the_signer(),
                    made_at=now(),
                    tell=self._tell,
                )
            part.replace(output)
            tell_of_export(signed.written, by="server", now_ns=time.time_ns())
        except NotExported as refused:
            raise CommandError(f"no bundle was written: {refused}") from None
        except OSError as error:
            raise CommandError(f"no bundle was written: {error}") from None
        finally:
            part.unlink(missing_ok=True)
        self._say(signed)

    def _say(self, signed: Signed) -> None:
        [run] = signed.written.runs
        line = {
            "run_id": run.run,
            "entries": run.size,
            "size": signed.written.size,
            "identity": signed.written.identity,
            "signed_by": signed.by,
        }
        self.stdout.write(json.dumps(line))

    def _tell(self, done: int, entries: int) -> None:
        if time.monotonic() - self._told_at >= TELL_SECONDS:
            self._told_at = time.monotonic()
            self.stderr.write(f"{done:,} of {entries:,} entries")


def _read(options: dict[str, Any]) -> ExportOptions:
    try:
        withholding = Withholding(
            everything=options["withhold_all"],
            parts=frozenset(options["withhold_part"]),
            kinds=frozenset(options["withhold_kind"]),
            reason=options["reason"],
        )
    except ValueError as wrong:
        raise CommandError(f"--reason: {wrong}") from None
    return ExportOptions(
        withholding=withholding,
        derived=not options["no_derived"],
        parquet=options["parquet"],
        signed=not options["unsigned"],
    )
