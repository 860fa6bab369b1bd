"""`manage.py rotate_key`: a new key signs beside the old ones; `--retire KEY` ends an old one; `--show` only tells."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from traces.actions.rotate_key import add_key, retire_key
from traces.queries.custody import KeyRow, read_custody
from traces.queries.signer import the_signer
from traces.signer.sign import NotSigned


class Command(BaseCommand):
    """Asks the signer, tells the instance's log, and shows all keys."""

    help = "Let a new key sign beside the old ones, or retire one. Without --retire or --show a key is made."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--retire", metavar="NAME+ID", help="let this key sign no longer, and erase its secret"
        )
        what.add_argument("--show", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Change what is to be changed, then list all keys."""
        signer, now_ns = the_signer(), time.time_ns()
        try:
            if options["retire"]:
                retire_key(signer=signer, label=options["retire"], now_ns=now_ns)
            elif not options["show"]:
                add_key(signer=signer, now_ns=now_ns)
        except NotSigned as error:
            raise CommandError(str(error)) from None
        custody = read_custody(signer)
        self.stdout.write(f"keys in {custody.place or 'an unknown place: the signer is away'}")
        for key in custody.keys:
            self.stdout.write(_tell(key))


def _tell(key: KeyRow) -> str:
    end = f"retired {_day(key.until)}" if key.until else "signs"
    signed = "" if key.signed is None else f", {key.signed} signatures"
    return f"{key.key}\n    since {_day(key.since)}, {end}{signed}"


def _day(ns: int) -> str:
    return f"{dt.datetime.fromtimestamp(ns // 1_000_000_000, dt.UTC):%Y-%m-%d %H:%M} UTC"
