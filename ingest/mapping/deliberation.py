"""Our own attributes (`deliberation.*`): what no other convention has words for.

Any span may carry them beside any convention; any OpenTelemetry API can set them. They stay among
the attributes.

They are defined in `deliberation.semconv`, and told in docs/reference/semconv.md.

A value that is not of its list is passed over and stays an attribute.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    Event,
    FateDecided,
    NodeScored,
    VerdictGiven,
)
from deliberation.events.codec import MAX_ID_CHARS
from deliberation.vocabulary import (
    DiscardReason,
    EdgeKind,
    Fate,
    Independence,
    NodeKind,
    SideEffect,
    Strategy,
    VerdictOutcome,
    VerifierKind,
)
from deliberation.vocabulary.budget import DIMENSIONS
from ingest.mapping.take import as_amount, as_count, as_float, fact_text
from ingest.wire.span import Attributes, Span

Word = TypeVar("Word", bound=Enum)

ANSWER, FATE, VERDICT = "deliberation.candidate", "deliberation.fate", "deliberation.verdict"
SELECTED, KIND = "deliberation.selected", "deliberation.kind"
OF_NODE = (KIND, "deliberation.rank", "deliberation.depth", "deliberation.side_effect")
OF_SCORE = ("deliberation.value", "deliberation.visits", "deliberation.prior")
USED = frozenset({ANSWER, FATE, VERDICT, SELECTED, *OF_NODE, *OF_SCORE})


def is_used(attributes: Attributes) -> bool:
    """True when a span carries any of the attributes that make a fact."""
    return not USED.isdisjoint(attributes)


def of_start(attributes: Attributes) -> dict[str, Any]:
    """Return what a root span states of how the run means to go about it, as fields of `RunStarted`."""
    if not any(name.startswith("deliberation.") for name in attributes):
        return {}
    limits = {name: as_amount(attributes.get(f"deliberation.budget.{name}")) for name in DIMENSIONS}
    return {
        "strategy": word(Strategy, attributes.get("deliberation.strategy")),
        "effort": fact_text(attributes.get("deliberation.effort")),
        "tier": fact_text(attributes.get("deliberation.tier")),
        "high_compute": _truth(attributes.get("deliberation.high_compute")),
        "budgets": {name: f"{limit:f}" for name, limit in limits.items() if limit is not None}
        or None,
    }


def of_end(attributes: Attributes) -> dict[str, Any]:
    """Return what a root span states of how the run ended, as fields of `RunEnded`."""
    return {
        "stated_confidence": as_float(attributes.get("deliberation.stated_confidence")),
        "stop_reason": fact_text(attributes.get("deliberation.stop_reason")),
    }


def edge_of(link: dict[str, Any]) -> EdgeKind:
    """Return what a link's span does to the span it names."""
    said = link.get("attributes")
    named = word(EdgeKind, said.get("deliberation.edge")) if isinstance(said, dict) else None
    return named or EdgeKind.LINKS


def fill(attributes: Attributes, facts: dict[str, Any]) -> None:
    """Put the facts of the node over those that another convention gave."""
    stated = {
        "node_kind": word(NodeKind, attributes.get(KIND)),
        "rank": as_count(attributes.get("deliberation.rank")),
        "depth": as_count(attributes.get("deliberation.depth")),
        "side_effect": word(SideEffect, attributes.get("deliberation.side_effect")),
    }
    facts.update((name, value) for name, value in stated.items() if value is not None)


def decided(span: Span, run: str) -> list[Event]:
    """Return the score, candidate, verdict, fate and choice that a span states."""
    made = (
        _score(span, run),
        _candidate(span, run),
        _verdict(span, run),
        _fate(span, run),
        _choice(span, run),
    )
    return [event for event in made if event is not None]


def word(words: type[Word], value: Any) -> Word | None:
    """Return the member of a closed list, or None."""
    try:
        return words(value.strip().lower()) if isinstance(value, str) else None
    except ValueError:
        return None


def _common(span: Span, run: str, purpose: str) -> dict[str, Any]:
    at = span.ended_at if span.ended_at is not None else span.started_at
    return {"run": run, "key": f"{span.digest}:{purpose}", "at": at, "node": span.span_id}


def _score(span: Span, run: str) -> Event | None:
    own = span.attributes
    if not any(name in own for name in OF_SCORE):
        return None
    return NodeScored(
        **_common(span, run, "n"),
        value=as_float(own.get("deliberation.value")),
        visits=as_count(own.get("deliberation.visits")),
        prior=as_float(own.get("deliberation.prior")),
        rank=as_count(own.get("deliberation.rank")),
        scale_min=as_float(own.get("deliberation.scale_min")),
        scale_max=as_float(own.get("deliberation.scale_max")),
        scorer=fact_text(own.get("deliberation.scorer")),
    )


def _candidate(span: Span, run: str) -> Event | None:
    own = span.attributes
    answer = own.get(ANSWER)
    if answer is None or answer is False:
        return None
    normalised = own.get("deliberation.normalised")
    return CandidateProposed(
        **_common(span, run, "c"),
        answer=None if answer is True else str(answer),
        normalised=None if normalised is None else str(normalised),
        normaliser=fact_text(own.get("deliberation.normaliser")),
        cluster=fact_text(own.get("deliberation.cluster")),
        votes=as_count(own.get("deliberation.votes")),
        weight=as_float(own.get("deliberation.weight")),
        correct=_truth(own.get("deliberation.correct")),
    )


def _verdict(span: Span, run: str) -> Event | None:
    own = span.attributes
    outcome = word(VerdictOutcome, own.get(VERDICT))
    if outcome is None:
        return None
    checks = word(NodeKind, own.get(KIND)) is NodeKind.VERIFICATION
    subject = _id(own.get(f"{VERDICT}.subject")) or (span.parent_id if checks else None)
    rationale = own.get(f"{VERDICT}.rationale")
    return VerdictGiven(
        **{**_common(span, run, "v"), "node": subject or span.span_id},
        verifier=fact_text(own.get(f"{VERDICT}.verifier")) or fact_text(span.name) or "unnamed",
        outcome=outcome,
        verdict=f"{span.span_id}:v",
        version=fact_text(own.get(f"{VERDICT}.version")),
        verifier_kind=word(VerifierKind, own.get(f"{VERDICT}.kind")),
        score=as_float(own.get(f"{VERDICT}.score")),
        scale_min=as_float(own.get(f"{VERDICT}.scale_min")),
        scale_max=as_float(own.get(f"{VERDICT}.scale_max")),
        threshold=as_float(own.get(f"{VERDICT}.threshold")),
        independence=word(Independence, own.get(f"{VERDICT}.independence")),
        saw_reference=_truth(own.get(f"{VERDICT}.saw_reference")),
        by_node=span.span_id if checks else None,
        rationale=None if rationale is None else str(rationale),
    )


def _fate(span: Span, run: str) -> Event | None:
    own = span.attributes
    fate = word(Fate, own.get(FATE))
    if fate is None:
        return None
    return FateDecided(
        **_common(span, run, "f"),
        fate=fate,
        reason=word(DiscardReason, own.get("deliberation.reason")),
        by=fact_text(own.get("deliberation.by")),
        value=as_float(own.get("deliberation.value")),
        cutoff=as_float(own.get("deliberation.cutoff")),
        rank=as_count(own.get("deliberation.rank")),
        votes=as_count(own.get("deliberation.votes")),
    )


def _choice(span: Span, run: str) -> Event | None:
    own = span.attributes
    if _truth(own.get(SELECTED)) is not True:
        return None
    return AnswerSelected(
        **_common(span, run, "a"),
        rule=fact_text(own.get("deliberation.rule")),
        runner_up=_id(own.get("deliberation.runner_up")),
        margin=as_float(own.get("deliberation.margin")),
        margin_unit=fact_text(own.get("deliberation.margin_unit")),
    )


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def _id(value: Any) -> str | None:
    fits = isinstance(value, str) and 0 < len(value) <= MAX_ID_CHARS and value.isprintable()
    return str(value) if fits else None
