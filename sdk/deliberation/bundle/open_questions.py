"""What a verification leaves unproven. It is said in every report, whatever the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliberation.bundle.keys import Key
from deliberation.bundle.layout import (
    ANCHORS,
    CUSTODY,
    DERIVED,
    DISCLOSURE,
    INSTANCE_PROOF,
    SUMMARY,
)
from deliberation.bundle.report import ALWAYS, Report
from deliberation.bundle.verdict import Verdict

REFUSED = (Verdict.INVALID, Verdict.UNSUPPORTED)


def open_questions(report: Report, names: Sequence[str], keys: Sequence[Key]) -> Iterator[str]:
    """Yield the sentences that fit what was found, and those that always do."""
    if report.verdict in REFUSED:
        yield "anything: a bundle that does not pass proves nothing"
        return
    if not keys:
        yield "who made this: name a key with --trust, from a source other than the bundle"
    yield from _about_time(report)
    yield from _about_files(names, report)
    if any(each.withheld or each.gone for each in report.runs):
        yield "what the withheld and removed parts said: only that they were there"
    yield "that a fact is told once: the keys of entries were not compared"
    yield from ALWAYS


def _about_time(report: Report) -> Iterator[str]:
    for run in report.runs:
        covered = report.covered(run.run)
        if covered < run.size:
            first = f"entries {covered} to {run.size - 1} of run" if covered else "run"
            yield (
                f"that {first} {run.run} stood like this before you saw it: whoever holds the key could have"
                " written it anew (bring a head with --known-head)"
            )
        if report.prompt.get(run.run, 0) > report.seen.get(run.run, 0):
            yield (
                f"that run {run.run} was not written anew in the day before its time stamps, or stamped with two"
                " histories: only a head that you kept shows that"
            )
    if not report.stamped:
        yield "when anything was: no time stamp of a third party was checked"


def _about_files(names: Sequence[str], report: Report) -> Iterator[str]:
    if sum(name.endswith("/" + INSTANCE_PROOF) for name in names) < len(report.runs):
        yield "that no run is missing: not every run has a proof in the instance's log"
    else:
        yield "that no run is missing: the proofs show these runs in the instance's log, not what else is there"
    if any(name.startswith(ANCHORS) for name in names) and not report.stamped:
        yield "what the time stamps in the bundle say: they were not checked"
    computed = [name for name in (SUMMARY, DISCLOSURE) if name in names]
    if any(name.startswith(DERIVED) and name not in computed for name in names):
        yield (
            f"that what is derived follows from the ledger, but for {' and '.join(computed)}, computed anew"
        )
    if any(name.startswith(CUSTODY) for name in names):
        yield "what the files on custody say: only that they are as they were when it was signed"
    if "report.html" in names:
        yield "that report.html tells what the ledger says: read it as its maker's words"
