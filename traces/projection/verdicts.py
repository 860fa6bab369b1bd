"""What a verdict's row says, and where verdicts wait that are about something in another run."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection

from deliberation.events import Event, SignedOff, VerdictGiven
from deliberation.vocabulary import Independence, VerdictOutcome, VerifierKind
from traces.projection.tables import VERDICTS
from traces.projection.texts import PREVIEW_CHARS, cut, fact


def verdict_row(run_id: uuid.UUID, seq: int, event: VerdictGiven) -> tuple[Any, ...]:
    """Return the values of the verdict's row, in column order."""
    values = {
        "run_id": run_id,
        "seq": seq,
        "verdict_id": event.verdict,
        "node_id": event.node,
        "by_node": event.by_node,
        "given_ns": event.at,
        "verifier": fact(event.verifier),
        "version": fact(event.version),
        "verifier_kind": event.verifier_kind and event.verifier_kind.value,
        "outcome": event.outcome.value,
        "label": fact(event.label),
        "score": event.score,
        "score_min": event.scale_min,
        "score_max": event.scale_max,
        "threshold": event.threshold,
        "independence": event.independence and event.independence.value,
        "saw_reference": event.saw_reference,
        "checks_total": event.checks_total,
        "checks_passed": event.checks_passed,
        "cost": event.cost and event.cost.amount,
        "rationale": event.rationale and cut(event.rationale, PREVIEW_CHARS),
        "told_in": fact(event.told_in),
    }
    return tuple(values[column] for column in VERDICTS.columns)


def signed_verdict(event: SignedOff) -> VerdictGiven | None:
    """Return a sign-off as the verdict of a person on the answer; None where the run has no node to judge."""
    if event.on_node is None:
        return None
    return VerdictGiven(
        run=event.run,
        key=event.key,
        at=event.at,
        node=event.on_node,
        verifier=event.by,
        outcome=VerdictOutcome(event.outcome.value),
        verdict=event.sign_off,
        verifier_kind=VerifierKind.HUMAN,
        independence=Independence.HUMAN,
        rationale=event.statement,
    )


Distant = tuple[uuid.UUID, int, int, str | None, str | None, str, str, str]
"""(run, seq, project, trace, response, node, verifier, outcome)"""

KEEP = """
INSERT INTO traces_distantverdict (run_id, seq, project_id, trace_id, response_id, node_id, verifier, outcome)
SELECT * FROM unnest(
  %s::uuid[], %s::int8[], %s::int8[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
ON CONFLICT DO NOTHING"""


def is_distant(event: Event) -> bool:
    """Return True for a verdict whose node is not of this run, or not known."""
    if not isinstance(event, VerdictGiven):
        return False
    return event.trace is not None or event.response is not None


def distant_row(run_id: uuid.UUID, project_id: int, seq: int, event: VerdictGiven) -> Distant:
    """Return what is kept of a verdict until it has a place."""
    return (
        run_id,
        seq,
        project_id,
        fact(event.trace),
        fact(event.response),
        event.node,
        fact(event.verifier) or "",
        event.outcome.value,
    )


def save_distant(rows: list[Distant]) -> None:
    """Keep verdicts that wait for a place. A rebuild finds them kept, with the place that they were given since."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [list(column) for column in zip(*rows, strict=True)])
