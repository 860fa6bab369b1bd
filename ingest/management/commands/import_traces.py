"""`manage.py import_traces PATH…`: files and folders become runs."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ingest.import_files import ImportedRuns, files_in, read_file
from ingest.importers.base import Importer, NotImportable, Unrecognised
from ingest.importers.choose import IMPORTERS, choose
from ingest.management.progress_line import ProgressLine
from traces.models import Project, Run


class Command(BaseCommand):
    """Imports each file; prints one JSON line per run, and a sentence on stderr for what it left out."""

    help = "Import files that other programs wrote. The same file again makes no second run."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take paths, a format and a project."""
        parser.add_argument(
            "path", nargs="+", type=Path, help="a file, or a folder to look through"
        )
        parser.add_argument(
            "--format",
            choices=sorted(IMPORTERS),
            help="otherwise each file is known by its beginning",
        )
        parser.add_argument(
            "--project", default="default", help="the slug of the project (default)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print, and exit 1 when a file could not be read."""
        self._line = ProgressLine(self.stderr)
        runs = ImportedRuns(
            project=_project(options["project"]), now_ns=time.time_ns(), randbytes=os.urandom
        )
        forced = IMPORTERS.get(options["format"])
        failures = sum(self._import(path, forced, runs) for path in options["path"])
        self._print(runs)
        if failures:
            sys.exit(1)

    def _import(self, path: Path, forced: Importer | None, runs: ImportedRuns) -> int:
        """Import a file or a folder; return how many files could not be read, each with its sentence.

        A forced format is tried on a named file whatever it looks like; in a folder it only narrows the choice.
        """
        known = [forced] if forced else list(IMPORTERS.values())
        if path.is_dir():
            return sum(self._import_found(each, known, runs) for each in files_in(path))
        try:
            self._read(path, forced or choose(path, known), runs)
        except NotImportable as error:
            return self._say(error)
        return 0

    def _import_found(self, path: Path, known: list[Importer], runs: ImportedRuns) -> int:
        try:
            self._read(path, choose(path, known), runs)
        except Unrecognised as error:
            self._line.clear()
            self.stderr.write(f"warning: skipped {error}")
        except NotImportable as error:
            return self._say(error)
        return 0

    def _read(self, path: Path, importer: Importer, runs: ImportedRuns) -> None:
        read_file(path, runs, self._line.watch(importer))

    def _say(self, error: NotImportable) -> int:
        self._line.clear()
        self.stderr.write(f"error: {error}")
        return 1

    def _print(self, runs: ImportedRuns) -> None:
        done = runs.done()
        self._line.clear()
        nodes = dict(
            Run.objects.filter(pk__in={each.run for each in done}).values_list("pk", "nodes")
        )
        counts = {str(run): count for run, count in nodes.items()}
        for each in done:
            line = {
                "run_id": each.run,
                "format": each.format,
                "nodes": counts[each.run],
                "warnings": each.warnings,
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))


def _project(slug: str) -> int:
    found = Project.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(f"there is no project {slug!r}")
    return found
