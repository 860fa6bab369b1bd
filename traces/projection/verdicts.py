"""What a verdict's row says."""

from __future__ import annotations

import uuid
from typing import Any

from deliberation.events import VerdictGiven
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
    }
    return tuple(values[column] for column in VERDICTS.columns)
