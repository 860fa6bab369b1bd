"""`deliberation runner`."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from pathlib import Path
from typing import Any

from deliberation.client.settings import settings_from
from deliberation.runner.api import Refused
from deliberation.runner.entries import NoEntry
from deliberation.runner.serve import serve


def add_runner(commands: Any, *, grace: float) -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "runner", help="serve replays of this program's entry points, each in a process of its own"
    )
    parser.add_argument("--url", help="the inspector's address; default $INSPECTOR_URL")
    parser.add_argument(
        "--key", help="a key with the scopes ingest and run; default $INSPECTOR_KEY"
    )
    parser.add_argument("--name", default=socket.gethostname(), help="default: %(default)s")
    parser.add_argument(
        "--grace",
        type=float,
        default=grace,
        metavar="S",
        help="seconds between SIGTERM and SIGKILL; default %(default)s",
    )
    parser.add_argument("entries", nargs="+", metavar="MODULE:FUNCTION")


def run(given: argparse.Namespace) -> int:
    """Serve; return 0 when told to leave, 1 where the server refuses the runner, 2 for a wrong call."""
    if os.name != "posix":
        return _complain("process groups are needed, which this system lacks")
    settings = settings_from(os.environ, url=given.url, key=given.key)
    if not settings.enabled:
        return _complain("give --url and --key, or INSPECTOR_URL and INSPECTOR_KEY")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sys.path.insert(0, str(Path.cwd()))
    try:
        return serve(
            settings, given.entries, name=given.name, grace=given.grace, environ=os.environ
        )
    except NoEntry as error:
        return _complain(str(error))
    except Refused as error:
        _complain(str(error))
        return 1


def _complain(sentence: str) -> int:
    sys.stderr.write(f"deliberation runner: {sentence}\n")
    return 2
