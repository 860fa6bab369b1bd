"""The command `deliberation`."""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
import sys
from collections.abc import Sequence

from deliberation.bundle.command import add_commands
from deliberation.client.settings import settings_from
from deliberation.doctor import Finding, examine
from deliberation.runner.command import add_runner
from deliberation.runner.command import run as runner
from deliberation.supervisor import supervise

GRACE_SECONDS = 10.0
MARKS = {True: "ok  ", False: "FAIL", None: "    "}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code.

    0 when all is well, 1 when not, 2 for a wrong call; of `exec`, what its command returned; of `verify`, `show`
    and `compare`, the verdict (`deliberation.bundle.verdict`).
    """
    parser = argparse.ArgumentParser(
        prog="deliberation", description="Make deliberation inspectable."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    doctor = commands.add_parser(
        "doctor", help="say whether this process can report, with which key and scopes"
    )
    doctor.add_argument("--url", help="the inspector's address; default $INSPECTOR_URL")
    doctor.add_argument("--key", help="a key; default $INSPECTOR_KEY")
    exec_ = commands.add_parser(
        "exec", help="run a command and own its process, so that its runs can be killed"
    )
    exec_.add_argument(
        "--grace",
        type=float,
        default=GRACE_SECONDS,
        metavar="S",
        help="seconds between SIGTERM and SIGKILL; default %(default)s",
    )
    exec_.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND…")
    add_runner(commands, grace=GRACE_SECONDS)
    of_bundles = add_commands(commands)
    ours, theirs = _split(sys.argv[1:] if arguments is None else arguments)
    given = parser.parse_args(ours)
    if given.command in of_bundles:
        return int(of_bundles[given.command](given))
    if given.command == "runner":
        return runner(given)
    return (
        _doctor(given) if given.command == "doctor" else _exec([*given.argv, *theirs], given.grace)
    )


def _doctor(given: argparse.Namespace) -> int:
    settings = settings_from(os.environ, url=given.url, key=given.key)
    is_well = examine(settings, now=dt.datetime.now(dt.timezone.utc), say=_say)
    return 0 if is_well else 1


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what stands before and after the first `--`: the rest is another program's business."""
    before = list(itertools.takewhile(lambda argument: argument != "--", arguments))
    return before, list(arguments[len(before) + 1 :])


def _exec(argv: Sequence[str], grace: float) -> int:
    if not argv:
        sys.stderr.write(
            "deliberation exec: name a command, as in: deliberation exec -- python run.py\n"
        )
        return 2
    if os.name != "posix":
        sys.stderr.write("deliberation exec: process groups are needed, which this system lacks\n")
        return 2
    settings = settings_from(os.environ)
    if not settings.enabled:
        sys.stderr.write(
            "deliberation exec: no INSPECTOR_URL and INSPECTOR_KEY, so nobody can kill it\n"
        )
    try:
        return supervise(settings, argv, grace=grace, environ=os.environ)
    except OSError as error:
        sys.stderr.write(f"deliberation exec: {error}\n")
        return 127


def _say(finding: Finding) -> None:
    sys.stdout.write(f"{MARKS[finding.is_well]}  {finding.sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
