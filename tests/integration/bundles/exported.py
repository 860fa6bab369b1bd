"""A run with texts of every sort, and its bundle as the server writes it."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from deliberation.bundle.report import Report
from deliberation.bundle.verify import verify
from deliberation.events import CandidateProposed, RunEnded, RunStarted, VerdictGiven
from deliberation.ledger.head import split_frontier
from deliberation.vocabulary import NodeKind, ObservedState, VerdictOutcome
from tests.bundles.story import LARGE
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from traces.audit.bundle import Written, write_bundle
from traces.audit.stored import Proofs
from traces.models import Project, Run
from traces.queries.stored_run import stored_run

HOSTILE = ["a\x00b\ud800c\udfff\U0001f600", LARGE, "", "\x1b[2J", "y" * 5_000, LARGE]
NO_PROOFS = Proofs()
MADE_AT = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def recorded_run(project: Project | None = None) -> str:
    """A run whose texts are hostile, long, repeated and empty; and maps in the client's own words."""
    run = new_run()
    events: list[Any] = [
        make_event(RunStarted, run, name="größer", task=HOSTILE[0], tags=["\U0001f600", "a\u2028b"])
    ]
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
                rationale="because",
            ),
        ]
    ended = make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=HOSTILE[0])
    put_on_record(project or make_project(), *events, ended)
    return run


def exported(run: str, *, proofs: Proofs = NO_PROOFS, **options: Any) -> tuple[bytes, Written]:
    """The bundle of a run, as bytes."""
    out = io.BytesIO()
    row = Run.objects.get(pk=run)
    frontier = split_frontier(bytes(row.frontier))
    stored = stored_run(row.pk, size=row.size, frontier=frontier, proofs=proofs)
    written = write_bundle(out, runs=[stored], made_at=MADE_AT, **options)
    return out.getvalue(), written


def verified(data: bytes, **trusted: Any) -> Report:
    """What the offline verifier says."""
    return verify(io.BytesIO(data), **trusted)
