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

MAX_TOLD_SKIPS = 20
"""Of a folder's files that are in no format known here: a folder of pictures is not a thousand warnings."""
INTERRUPTED = (
    "interrupted: what was read until here is recorded; the same command again goes on from there"
)
INTERRUPTED_CODE = 130
RUNS_PER_LOOK = 1_000


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
        """Import, print, and exit 1 when a file could not be read, 130 when it was interrupted."""
        self._line = ProgressLine(self.stderr)
        self._skipped = self._failed = 0
        runs = ImportedRuns(
            project=_project(options["project"]), now_ns=time.time_ns(), randbytes=os.urandom
        )
        forced = IMPORTERS.get(options["format"])
        try:
            for path in options["path"]:
                self._import(path, forced, runs)
            self._print(runs)
        except KeyboardInterrupt:
            self._line.clear()
            self.stderr.write(INTERRUPTED)
            sys.exit(INTERRUPTED_CODE)
        if self._failed:
            sys.exit(1)

    def _import(self, path: Path, forced: Importer | None, runs: ImportedRuns) -> None:
        """Import a file or a folder.

        A forced format is tried on a named file whatever it looks like; in a folder it only narrows the choice.
        """
        known = [forced] if forced else list(IMPORTERS.values())
        if path.is_dir():
            for each in files_in(path):
                self._import_found(each, known, runs)
            return
        try:
            self._read(path, forced or choose(path, known), runs)
        except NotImportable as error:
            self._fail(error)

    def _import_found(self, path: Path, known: list[Importer], runs: ImportedRuns) -> None:
        try:
            self._read(path, choose(path, known), runs)
        except Unrecognised as error:
            self._skipped += 1
            if self._skipped <= MAX_TOLD_SKIPS:
                self._say(f"warning: skipped {error}")
        except NotImportable as error:
            self._fail(error)

    def _read(self, path: Path, importer: Importer, runs: ImportedRuns) -> None:
        read_file(path, runs, self._line.watch(importer))

    def _fail(self, error: NotImportable) -> None:
        self._failed += 1
        self._say(f"error: {error}")

    def _say(self, sentence: str) -> None:
        self._line.clear()
        self.stderr.write(sentence)

    def _print(self, runs: ImportedRuns) -> None:
        done = runs.done()
        for failure in runs.failures:
            self._fail(failure)
        more = self._skipped - MAX_TOLD_SKIPS
        if more > 0:
            self._say(f"warning: skipped {more:,} more files")
        if not done:
            self._say("warning: nothing was imported")
        self._line.clear()
        for start in range(0, len(done), RUNS_PER_LOOK):
            portion = done[start : start + RUNS_PER_LOOK]
            found = Run.objects.filter(pk__in=[each.run for each in portion])
            nodes = {str(run): count for run, count in found.values_list("pk", "nodes")}
            for each in portion:
                line = {
                    "run_id": each.run,
                    "format": each.format,
                    "nodes": nodes.get(each.run, 0),
                    "warnings": each.warnings,
                }
                self.stdout.write(json.dumps(line, ensure_ascii=False))


def _project(slug: str) -> int:
    found = Project.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(f"there is no project {slug!r}")
    return found
