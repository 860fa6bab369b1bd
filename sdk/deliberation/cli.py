"""The command `deliberation`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Sequence

from deliberation.client.settings import settings_from
from deliberation.doctor import Finding, examine

MARKS = {True: "ok  ", False: "FAIL", None: "    "}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0 when all is well, 1 when not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(
        prog="deliberation", description="Make deliberation inspectable."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    doctor = commands.add_parser(
        "doctor", help="say whether this process can report, with which key and scopes"
    )
    doctor.add_argument("--url", help="the inspector's address; default $INSPECTOR_URL")
    doctor.add_argument("--key", help="a key; default $INSPECTOR_KEY")
    return _doctor(parser.parse_args(arguments))


def _doctor(given: argparse.Namespace) -> int:
    settings = settings_from(os.environ, url=given.url, key=given.key)
    is_well = examine(settings, now=dt.datetime.now(dt.timezone.utc), say=_say)
    return 0 if is_well else 1


def _say(finding: Finding) -> None:
    sys.stdout.write(f"{MARKS[finding.is_well]}  {finding.sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
