"""What a judge said, before it is known whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deliberation.vocabulary import Independence, NodeKind, VerdictOutcome, VerifierKind
from ingest.mapping.source import Source
from ingest.wire.span import Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One saying of one judge. Texts are as the source wrote them; a score is in the judge's own scale.

    `response` is the provider's id of the response that was judged. A guard `has_blocked` when what it judged was not
    let through.
    """

    verifier: str
    outcome: VerdictOutcome
    label: str | None = None
    score: float | None = None
    scale_min: float | None = None
    scale_max: float | None = None
    threshold: float | None = None
    version: str | None = None
    kind: VerifierKind | None = None
    independence: Independence | None = None
    rationale: str | None = None
    response: str | None = None
    has_blocked: bool = False


JUDGES = {
    "human": (VerifierKind.HUMAN, Independence.HUMAN),
    "llm": (VerifierKind.LLM_JUDGE, None),
    "llm_judge": (VerifierKind.LLM_JUDGE, None),
    "ai_judge": (VerifierKind.LLM_JUDGE, None),
    "annotation": (VerifierKind.HUMAN, Independence.HUMAN),
    "code": (None, Independence.DETERMINISTIC),
}
"""Words for sorts of judges: OpenInference's `annotator_kind`, MLflow's `source_type`, Langfuse's score source, and the
actor of Azure's evaluations. Code may be a test or a heuristic: which kind of verifier it is, is not said."""


def sort_of(word: object) -> tuple[VerifierKind | None, Independence | None]:
    """Return the kind and the independence that a source's word for a judge tells."""
    named = word.casefold() if isinstance(word, str) else ""
    return JUDGES.get(named, (None, None))


def beside(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the facts of a record that carries judgements and is whatever else it is."""
    return {"node_kind": NodeKind.STEP}


def at_work(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the facts of a record that is a judge at work."""
    return {"node_kind": NodeKind.VERIFICATION}
