"""Scores of an Inspect sample as verdicts (`inspect_ai/scorer/_metric.py`, `event/_score.py`).

`{"value", "answer", "explanation", "metadata", "history"}`. A value is one of the letters C, I, P and N, a number, a
truth, a text, or a list or an object of these. Only C and I, and a truth, say whether the answer passed: any other
value is a score, and the outcome *unsure*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from deliberation.events import VerdictGiven
from deliberation.vocabulary import Independence, VerdictOutcome, VerifierKind
from ingest.importers.agent_run import node_id
from ingest.importers.iso_time import nanoseconds
from ingest.importers.json_text import json_text
from ingest.mapping.take import as_float, fact_text

LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Correct, partial, incorrect, no answer: as Inspect's `value_to_float` counts them."""
OUTCOMES = {"C": VerdictOutcome.ACCEPT, "I": VerdictOutcome.REJECT}
EXACT = frozenset({"includes", "match", "pattern", "answer", "exact", "f1", "choice", "math"})
"""Scorers that come with Inspect and compare with the target by rule."""
MAX_MEMBERS = 64
"""Of one score's object, each a verdict."""
MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Who scored: the scorer's name and node, and the model it called. `has_target` is whether it had a reference."""

    name: str
    node: str | None = None
    at: int | None = None
    model: str | None = None
    own_model: str | None = None
    has_target: bool = False

    @property
    def kind(self) -> VerifierKind | None:
        """A model's judgement where it called one, arithmetic where it is known to be that."""
        if self.model is not None or self._plain_name.startswith("model_graded"):
            return VerifierKind.LLM_JUDGE
        return VerifierKind.CALCULATOR if self.is_exact else None

    @property
    def is_exact(self) -> bool:
        """True for a rule that comes with Inspect."""
        return not EXACT.isdisjoint({self._plain_name, self._plain_name.rstrip("0123456789")})

    @property
    def _plain_name(self) -> str:
        """Without its package: `inspect_ai/includes`. One that is there twice has a number behind."""
        return self.name.rpartition("/")[2]

    @property
    def independence(self) -> Independence | None:
        """How far it stands from the answer, where that is certain."""
        if self.model is not None:
            return Independence.SAME_MODEL if self.model == self.own_model else None
        return Independence.DETERMINISTIC if self.is_exact else None


def tell_score(judge: Judge, score: Any, node: str, run: str, key: str) -> Iterator[VerdictGiven]:
    """Yield the verdicts of a scorer on a node: one, or one for each member of its value.

    What a person changed later is a verdict of that person, after the scorer's own.
    """
    plain = score if isinstance(score, Mapping) else {"value": score}
    edits = plain.get("history")
    history = (
        [each for each in edits if isinstance(each, Mapping)] if isinstance(edits, list) else []
    )
    edit = history[-1] if history and history[-1].get("provenance") else None
    first = {**plain, **_changed(history[0])} if edit and history[0] is not edit else plain
    if edit is None or first is not plain:
        yield from _verdicts(judge, first, node, run, key)
    if edit is not None:
        yield from _edited(judge, plain, edit["provenance"], node, run, key)


def _changed(edit: Mapping[str, Any]) -> dict[str, Any]:
    names = ("value", "answer", "explanation", "metadata")
    return {name: edit[name] for name in names if edit.get(name, "UNCHANGED") != "UNCHANGED"}


def _edited(
    judge: Judge, plain: Mapping[str, Any], provenance: Any, node: str, run: str, key: str
) -> Iterator[VerdictGiven]:
    by = provenance if isinstance(provenance, Mapping) else {}
    for member, value in _members(plain.get("value")):
        yield VerdictGiven(
            run=run,
            key=_key(key, member, [value, by]),
            at=nanoseconds(by.get("timestamp")),
            node=node,
            verifier=fact_text(by.get("author")) or "a person",
            verifier_kind=VerifierKind.HUMAN,
            independence=Independence.HUMAN,
            saw_reference=judge.has_target or None,
            rationale=_text(by.get("reason")),
            evidence=json_text({"changed_score_of": judge.name, **plain}),
            **_outcome(value),
        )


def _verdicts(
    judge: Judge, plain: Mapping[str, Any], node: str, run: str, key: str
) -> Iterator[VerdictGiven]:
    for member, value in _members(plain.get("value")):
        name = f"{judge.name}/{member}" if member else judge.name
        yield VerdictGiven(
            run=run,
            key=_key(key, member, value),
            at=judge.at,
            node=node,
            verifier=fact_text(name[:MAX_NAME_CHARS]) or "unnamed",
            verifier_kind=judge.kind,
            independence=judge.independence,
            saw_reference=judge.has_target or None,
            by_node=judge.node,
            rationale=_text(plain.get("explanation")),
            evidence=json_text({name: each for name, each in plain.items() if name != "history"}),
            **_outcome(value),
        )


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        yield from ((str(name), each) for name, each in list(value.items())[:MAX_MEMBERS])
    else:
        yield "", value


def _outcome(value: Any) -> dict[str, Any]:
    """Return outcome and score of a value."""
    if isinstance(value, bool):
        outcome = VerdictOutcome.ACCEPT if value else VerdictOutcome.REJECT
        return {"outcome": outcome, "score": float(value), "scale_min": 0.0, "scale_max": 1.0}
    if isinstance(value, str) and value in LETTERS:
        outcome = OUTCOMES.get(value, VerdictOutcome.UNSURE)
        return {"outcome": outcome, "score": LETTERS[value], "scale_min": 0.0, "scale_max": 1.0}
    return {"outcome": VerdictOutcome.UNSURE, "score": as_float(value)}


def is_right(score: Any) -> bool | None:
    """Return whether a score says that the answer is right; None where it does not say."""
    value = score.get("value") if isinstance(score, Mapping) else score
    if isinstance(value, bool):
        return value
    return {"C": True, "I": False}.get(value) if isinstance(value, str) else None


def _key(key: str, member: str, value: Any) -> str:
    # With the value: a log that was scored again brings a verdict of its own.
    said = json_text([key, member, value]).encode("utf-8", "surrogatepass")
    return node_id("score:", blake2b(said, digest_size=16).hexdigest())


def _text(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json_text(value)
