"""`deliberation verify`, `show` and `compare`: the exit code is the verdict."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from deliberation.bundle.heads import KnownHead, read_heads
from deliberation.bundle.keys import read_keys
from deliberation.bundle.receipt import is_receipt, verify_receipt
from deliberation.bundle.report import Report
from deliberation.bundle.show import EntryFound
from deliberation.bundle.terminal import say, write
from deliberation.bundle.time_stamps import read_authority
from deliberation.bundle.verdict import Misuse, Verdict
from deliberation.bundle.verify import verify

REFUSED = (Verdict.INVALID, Verdict.UNSUPPORTED)


def add_commands(commands: Any) -> dict[str, Any]:
    """Add the commands to a parser's subcommands; return the function of each by name."""
    check = commands.add_parser("verify", help="check an audit bundle, or a receipt, offline")
    check.add_argument("bundle", help="the zip, or the receipt of one entry (a C2SP tlog-proof)")
    _add_trust(check)
    check.add_argument(
        "--tsa-ca",
        metavar="PEM",
        help="check the time stamps (RFC 3161): the root of their authority, and what they do not carry",
    )
    show = commands.add_parser("show", help="show one entry of an audit bundle, and check it all")
    show.add_argument("bundle")
    show.add_argument("--seq", type=int, required=True, help="the entry's number, from 0")
    show.add_argument("--run", help="of which run, where the bundle has several")
    _add_trust(show)
    compare = commands.add_parser("compare", help="check that a bundle continues an older one")
    compare.add_argument("old")
    compare.add_argument("new")
    _add_trust(compare)
    return {"verify": _guarded(_verify), "show": _guarded(_show), "compare": _guarded(_compare)}


def _add_trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="KEY",
        help="a key that you trust, <name>+<id>+<base64>, or a file of such lines",
    )
    parser.add_argument(
        "--known-head",
        action="append",
        default=[],
        metavar="F",
        help="a file of heads that you have kept",
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")


def _guarded(command: Any) -> Any:
    def run(given: argparse.Namespace) -> int:
        try:
            return int(command(given))
        except Misuse as misuse:
            say(sys.stderr, f"deliberation {given.command}: {misuse}")
            return int(Verdict.USAGE)

    return run


def _verify(given: argparse.Namespace) -> Verdict:
    keys, heads = read_keys(given.trust), read_heads(given.known_head)
    authority = read_authority(given.tsa_ca) if given.tsa_ca else None
    with _open(given.bundle) as file:
        report: Report
        if is_receipt(file):
            report = verify_receipt(file, keys=keys, heads=heads)
        else:
            report = verify(file, keys=keys, heads=heads, authority=authority)
    _tell(report, as_json=given.json)
    return report.verdict


def _show(given: argparse.Namespace) -> Verdict:
    found = EntryFound(given.seq, given.run)
    with _open(given.bundle) as file:
        report = verify(
            file,
            keys=read_keys(given.trust),
            heads=read_heads(given.known_head),
            look=found.look,
        )
        if report.verdict in REFUSED:
            _tell(report, as_json=given.json)
            return report.verdict
        found.tell(file, report, sys.stdout, as_json=given.json)
    return report.verdict


def _compare(given: argparse.Namespace) -> Verdict:
    """An older bundle is a memory of heads: the newer one is verified against them."""
    keys, heads = read_keys(given.trust), read_heads(given.known_head)
    with ExitStack() as stack:
        old, new = (stack.enter_context(_open(path)) for path in (given.old, given.new))
        before = verify(old, keys=keys, heads=heads)
        if before.verdict in (*REFUSED, Verdict.DIVERGED):
            say(sys.stderr, f"the old bundle, {given.old}:")
            _tell(before, as_json=given.json)
            return before.verdict
        kept = [KnownHead(each.run, each.size, each.root) for each in before.runs]
        after = verify(new, keys=keys, heads=[*heads, *kept])
    if after.runs and not {each.run for each in kept} & {each.run for each in after.runs}:
        raise Misuse("the two bundles have no run in common")
    _tell(after, as_json=given.json)
    return after.verdict


def _open(path: str) -> BinaryIO:
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise Misuse(f"the bundle cannot be read: {error}") from None
    if not file.seekable():
        file.close()
        raise Misuse("the bundle is a pipe; it is read twice, so save it to a file")
    return file


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        write(sys.stdout, report.as_json() + "\n")
        return
    for line in report.lines():
        say(sys.stdout, line)
