"""`manage.py selfcheck`: compute published results again from public logs, and show theirs beside ours."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from ingest.selfcheck.check import Outcome, check
from ingest.selfcheck.download import HOST, NotFetched, download
from ingest.selfcheck.judge import Checked, Status
from ingest.selfcheck.logs import BY_NAME, LOGS
from traces.actions.keep_selfcheck import keep_selfcheck

HOW_TO_GET_THEM = (
    "`manage.py selfcheck --download` fetches what public repositories have into {data}, by commit and"
    " SHA-256; or name the folder that holds them with --data DIR. docs/counterfactual.md lists every file."
)
MOST_SHOWN = 36


class Command(BaseCommand):
    """Prints a line per figure, or JSON; keeps the result for /selfcheck; exits 1 when one is off."""

    help = "Compute published results again from public logs. No run is recorded of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the logs are, and how to tell."""
        parser.add_argument(
            "--data", type=Path, help="the folder of the logs (../shared/data when it is there)"
        )
        parser.add_argument(
            "--download", action="store_true", help="first fetch the logs that are not there"
        )
        parser.add_argument("--host", default=HOST, help="where from, in the form of the default")
        parser.add_argument("--json", action="store_true", help="one JSON array instead of lines")
        parser.add_argument("--no-keep", action="store_true", help="do not keep it for /selfcheck")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch, check, tell, keep."""
        data = options["data"] or default_folder()
        if options["download"]:
            self._download(data, options["host"])
        begun = time.monotonic()
        outcome = check(data, self._tell)
        if not outcome.figures:
            self._complain(outcome)
            raise CommandError(
                f"none of the public logs is usable in {data}. "
                + HOW_TO_GET_THEM.format(data=data),
                returncode=1,
            )
        if not options["no_keep"]:
            self._keep(outcome, time.monotonic() - begun)
        if options["json"]:
            told = [each.as_json() for each in outcome.figures]
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._print(outcome)
        self._complain(outcome)
        off = sum(each.status == Status.OFF for each in outcome.figures)
        if off or outcome.troubles:
            raise CommandError(
                f"{off} figures are off, {len(outcome.troubles)} files are not what they should be",
                returncode=1,
            )

    def _tell(self, name: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"reading {name}")

    def _download(self, data: Path, host: str) -> None:
        for log in LOGS:
            if (data / log.name).is_file() or log.address is None:
                continue
            try:
                download(log, data, host)
            except (NotFetched, OSError) as error:
                self.stderr.write(f"not fetched: {error}")
            else:
                self.stderr.write(f"fetched {log.name} ({log.repository}, {log.licence})")

    def _keep(self, outcome: Outcome, seconds: float) -> None:
        try:
            keep_selfcheck(
                now=dt.datetime.now(dt.UTC),
                seconds=seconds,
                figures=[each.as_json() for each in outcome.figures],
                absent=outcome.absent,
                troubles=outcome.troubles,
            )
        except DatabaseError as error:
            first = str(error).strip().partition("\n")[0]
            self.stderr.write(f"warning: not kept for /selfcheck, the database says: {first}")

    def _print(self, outcome: Outcome) -> None:
        width = max(len(each.name) for each in outcome.figures)
        for each in outcome.figures:
            theirs = _short(each.published) if each.source is not None else "–"
            ours = each.undefined or _short(each.ours)
            self.stdout.write(f"{each.status:<10}{each.name:<{width}}  {theirs:>20}  {ours:>20}")
        counts = ", ".join(
            f"{sum(each.status == status for each in outcome.figures)} {status.value}"
            for status in Status
        )
        self.stdout.write(f"{len(outcome.figures)} figures, theirs | ours: {counts}")
        for note in dict.fromkeys(_note(each) for each in outcome.figures if each.note):
            self.stdout.write(note)

    def _complain(self, outcome: Outcome) -> None:
        for sentence in outcome.troubles:
            self.stderr.write(f"error: {sentence}")
        for name in outcome.absent:
            log = BY_NAME[name]
            where = log.repository or "made by executing the samples: no repository has it"
            self.stderr.write(f"not checked: {name} is not there ({where})")


def default_folder() -> Path:
    """Return ../shared/data where it is there, else a folder beside the server's other data."""
    shared = settings.BASE_DIR.parent / "shared" / "data"
    return shared if shared.is_dir() else Path(settings.DATA_DIR) / "public-logs"


def _short(value: Any) -> str:
    if value is None:
        return "not recorded"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _note(figure: Checked) -> str:
    return f"{figure.name}: {figure.note}"
