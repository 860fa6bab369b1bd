"""verdict.given"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import Cost, Independence, VerdictOutcome, VerifierKind


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictGiven(Event):
    """A verifier judged a node, which may stand in another run."""

    KIND: ClassVar[str] = "verdict.given"

    node: str = required("The node that was judged.")
    verifier: str = required("The verifier's name.")
    outcome: VerdictOutcome = required("What it said.")
    label: str | None = fact("What it said in its own word.")
    verdict: str | None = fact("The verdict's own id, for discards that cite it.")
    version: str | None = fact("The verifier's version.")
    verifier_kind: VerifierKind | None = fact("What sort of checker it is.")
    score: float | None = fact("Its score, in its own scale.")
    scale_min: float | None = fact("The least possible score.")
    scale_max: float | None = fact("The greatest possible score.")
    threshold: float | None = fact("The score needed to accept.")
    independence: Independence | None = fact("How far it stands from what it checks.")
    saw_reference: bool | None = fact("True when it saw the reference answer: an oracle leak.")
    checks_total: int | None = fact("How many checks it made.")
    checks_passed: int | None = fact("How many of them passed.")
    by_node: str | None = fact("The node in which the checking was done.")
    cost: Cost | None = fact("What the checking cost.")
    trace: str | None = fact("The OpenTelemetry trace of the node, where it is another one.")
    response: str | None = fact(
        "The provider's id of the response that was judged, where its source names no node."
    )
    told_in: str | None = fact(
        "Where it was told first, as run:seq, when the server tells it again at the node it judges."
    )
    rationale: str | None = part("Why, in the verifier's words.")
    evidence: str | None = part("What it looked at.")
