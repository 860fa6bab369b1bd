"""A ledger as the database holds it passes the offline verifier, line by line and part by part."""

from __future__ import annotations

import io
import uuid
from hashlib import sha256

import pytest

from deliberation.bundle.heads import KnownHead
from deliberation.bundle.keys import read_key
from deliberation.bundle.verdict import Verdict
from deliberation.bundle.verify import verify
from deliberation.events import CandidateProposed, RunEnded, RunStarted, VerdictGiven
from deliberation.ledger.entry import Entry
from deliberation.ledger.head import split_frontier
from deliberation.ledger.parts import Part
from deliberation.ledger.tree import root_of
from deliberation.vocabulary import NodeKind, ObservedState, VerdictOutcome
from tests.bundles.build import bundle, zipped
from tests.bundles.signer import OPERATOR
from tests.bundles.story import LARGE, Story
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from traces.audit.openings import unpack
from traces.models import LedgerEntry, LedgerPart, Run

pytestmark = pytest.mark.django_db
HOSTILE = ["a\x00b\ud800c\udfff\U0001f600", LARGE, "", "\x1b[2J", "y" * 5_000]


def test_it_works():
    run = new_run()
    record_a_run(run)
    row = Run.objects.get(pk=run)
    head = KnownHead(run, row.size, root_of(split_frontier(bytes(row.frontier))))
    data = io.BytesIO(zipped(bundle(story_of(run))))
    report = verify(data, keys=[read_key(OPERATOR.line)], heads=[head])
    assert (report.verdict, report.reason) == (Verdict.VERIFIED, "")
    [found] = report.runs
    assert (found.size, found.withheld, found.gone) == (row.size, 0, 0)


def test_what_is_edited_behind_the_servers_back_is_found():
    run = new_run()
    record_a_run(run)
    verdicts = [
        row
        for row in LedgerEntry.objects.filter(run_id=run)
        if b'"verdict.given"' in bytes(row.line)
    ]
    changed = bytes(verdicts[0].line).replace(b'"outcome":"accept"', b'"outcome":"reject"')
    LedgerEntry.objects.filter(run_id=run, seq=verdicts[0].seq).update(line=changed)
    report = verify(io.BytesIO(zipped(bundle(story_of(run)))))
    assert report.verdict == Verdict.INVALID
    assert "entries are not those of its checkpoint" in report.reason


def record_a_run(run: str) -> None:
    """A run with texts of every sort that may stand in a ledger, and maps in the client's own words."""
    started = make_event(
        RunStarted, run, name="größer", task=HOSTILE[0], tags=["\U0001f600", "a\u2028b"]
    )
    events = [started]
    for index, text in enumerate(HOSTILE):
        node = f"n{index}"
        events += [
            observed(run, node, node_kind=NodeKind.SAMPLE, output=text, started_at=2**60),
            make_event(CandidateProposed, run, node=node, answer=text, votes=2**60),
            make_event(
                VerdictGiven,
                run,
                node=node,
                verifier="unit_test",
                outcome=VerdictOutcome.ACCEPT,
                score=1e-9,
            ),
        ]
    ended = make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=HOSTILE[0])
    put_on_record(make_project(), *events, ended)


def story_of(run: str) -> Story:
    """The run as its rows have it."""
    story = Story(run)
    large = {bytes(part.inner): bytes(part.data) for part in LedgerPart.objects.filter(run_id=run)}
    for row in LedgerEntry.objects.filter(run_id=uuid.UUID(run)).order_by("seq"):
        parts = []
        for opening in unpack(bytes(row.openings)):
            data = opening.data if opening.data is not None else large[opening.inner]
            parts.append(Part(opening.name, opening.salt, sha256(data).digest(), data))
        story.entries.append(
            Entry(row.seq, row.key, bytes(row.line), bytes(row.leaf), tuple(parts))
        )
    return story
