"""`manage.py import_bundle FILE`: runs of another installation, verified first."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deliberation.bundle.heads import read_heads
from deliberation.bundle.keys import read_keys
from deliberation.bundle.verdict import Misuse
from traces.actions.import_bundle import ToImport, import_bundle
from traces.audit.not_imported import NotImported
from traces.models import Project


class Command(BaseCommand):
    """Verifies a bundle and keeps its runs as they came; prints one JSON line for each."""

    help = "Import an audit bundle. Nothing of it is kept unless all of it verifies."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the project, and what the caller trusts."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", default="default", help="the slug of the project")
        parser.add_argument(
            "--trust", action="append", default=[], metavar="KEY", help="as deliberation verify"
        )
        parser.add_argument(
            "--known-head", action="append", default=[], metavar="F", help="as deliberation verify"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print, and exit 1 with the verifier's reason when it is refused."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"there is no project {options['project']!r}")
        try:
            keys, heads = read_keys(options["trust"]), read_heads(options["known_head"])
            with options["file"].open("rb") as file:
                given = ToImport(file=file, project=project.pk, by="server", keys=keys, heads=heads)
                report = import_bundle(given, now_ns=time.time_ns())
        except (NotImported, Misuse) as refused:
            raise CommandError(str(refused)) from None
        except OSError as error:
            raise CommandError(f"the bundle cannot be read: {error}") from None
        for run in report.runs:
            line = {"run_id": run.run, "entries": run.size, "verdict": report.verdict.name}
            self.stdout.write(json.dumps({**line, "identity": report.identity}))
