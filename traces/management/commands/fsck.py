"""`manage.py fsck [RUN…]`: compute ledgers again and compare them with what the server holds."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deliberation.bundle.keys import Key, read_key
from deliberation.bundle.verdict import Misuse, Refusal
from traces.actions.compare_rows import compare_rows
from traces.audit.difference import Difference
from traces.models import Run
from traces.queries.recheck_instance import recheck_instance
from traces.queries.recheck_run import list_lost_ledgers, recheck_run
from traces.queries.signed_roots import known_keys


class Command(BaseCommand):
    """Checks the named runs, or all; a line for each difference, exit 1 when there is one."""

    help = "Recompute every entry, part and root of the ledger, and say what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take run ids."""
        parser.add_argument("run", nargs="*", type=uuid.UUID)
        parser.add_argument(
            "--rows",
            action="store_true",
            help="also rebuild each run and compare the rows that pages read; its run waits meanwhile",
        )
        parser.add_argument(
            "--trust",
            action="append",
            metavar="KEY",
            help="a public key that signs here, as you keep it; else those that the database names",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check run by run, so that memory does not grow with their number."""
        wanted: list[uuid.UUID] = options["run"]
        keys = _read_keys(options["trust"])
        every = Run.objects.filter(size__gt=0).order_by("pk").values_list("pk", flat=True)
        differences: list[Difference] = []
        runs = entries = 0
        for run_id in wanted or every.iterator():
            found = recheck_run(run_id, keys)
            runs, entries = runs + 1, entries + found.entries
            differences += self._tell(found.differences, options["json"])
            if options["rows"] and not found.differences:
                differences += self._tell(compare_rows(run_id=run_id), options["json"])
        if not wanted:
            everywhere = [*list_lost_ledgers(), *recheck_instance(keys)]
            differences += self._tell(everywhere, options["json"])
        if options["json"]:
            told = [{"run": each.run, "seq": each.seq, "what": each.what} for each in differences]
            body = {"runs": runs, "entries": entries, "differences": told}
            self.stdout.write(json.dumps(body))
        if differences:
            raise CommandError(f"{len(differences)} differences in {runs} runs", returncode=1)
        if not options["json"]:
            self.stdout.write(f"{runs} runs with {entries} entries are what their ledgers say")

    def _tell(self, differences: Iterable[Difference], is_json: bool) -> list[Difference]:
        told = list(differences)
        for each in () if is_json else told:
            self.stdout.write(str(each))
        return told


def _read_keys(lines: list[str] | None) -> list[Key]:
    try:
        return [read_key(line) for line in lines] if lines else known_keys()
    except (Misuse, Refusal) as wrong:
        raise CommandError(str(wrong)) from wrong
