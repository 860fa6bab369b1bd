"""OpenTelemetry's evaluation results: the event `gen_ai.evaluation.result`, of a span or as a log record.

Source: the GenAI events page of `semantic-conventions-genai`; what Pydantic Evals (`evaluator.version`, `.source`) and
Azure AI (`actor.type`, the scale in `internal_properties`) add to it. Some clients set the attributes on a span.
"""

from __future__ import annotations

import re
from typing import Any

from deliberation.vocabulary import NodeKind
from ingest.mapping.bodies import member_of, value_of
from ingest.mapping.judgements.judgement import Judgement, sort_of
from ingest.mapping.judgements.outcome import outcome_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import as_float
from ingest.wire.span import Attributes

NAME = "gen_ai.evaluation"
EVENT = "gen_ai.evaluation.result"

CRITERION = "gen_ai.evaluation.name"
SCORES = ("gen_ai.evaluation.score.value", "gen_ai.evaluation.score")
LABELS = ("gen_ai.evaluation.score.label", "gen_ai.evaluation.label")
EXPLANATION = "gen_ai.evaluation.explanation"
VERSION = "gen_ai.evaluation.evaluator.version"
SOURCE = "gen_ai.evaluation.evaluator.source"
RESPONSE = "gen_ai.response.id"
ACTOR = re.compile(r"(?:^|\.)evaluation\.actor\.type$")
"""Ends the name, which begins with its vendor's."""

BESIDE = "internal_properties"
SCALE = ("gen_ai.evaluation.min_value", "gen_ai.evaluation.max_value")
THRESHOLD, DIRECTION = "gen_ai.evaluation.threshold", "gen_ai.evaluation.desirable_direction"
CHECKS = re.compile("eval|judg|grad|scor|guard|check|verif|valid")
READ = frozenset({CRITERION, *SCORES, *LABELS, EXPLANATION, VERSION, SOURCE, BESIDE})


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record carries a result itself."""
    return CRITERION in keys and any(name in keys for name in (*SCORES, *LABELS, EXPLANATION))


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the kind: under a name of checking the record is the judge, under any other what is judged."""
    checks = CHECKS.search(record.name.casefold()) is not None
    return {"node_kind": NodeKind.VERIFICATION if checks else NodeKind.STEP}


def read(attributes: Attributes) -> list[Judgement]:
    """Return the one result among these attributes; none where it names no criterion."""
    criterion = attributes.get(CRITERION)
    if not isinstance(criterion, str) or not criterion:
        return []
    beside = value_of(attributes.get(BESIDE))
    scale = beside if isinstance(beside, dict) else attributes
    score = next((as_float(attributes[name]) for name in SCORES if name in attributes), None)
    label = next((attributes[name] for name in LABELS if name in attributes), None)
    kind, independence = sort_of(_judge(attributes))
    threshold = as_float(scale.get(THRESHOLD))
    return [
        Judgement(
            verifier=criterion,
            outcome=outcome_of(
                criterion,
                label=label,
                score=score,
                threshold=threshold,
                is_lower_better=scale.get(DIRECTION) == "decrease",
                has_failed="error.type" in attributes,
            ),
            label=None if label is None else str(label),
            score=score,
            scale_min=as_float(scale.get(SCALE[0])),
            scale_max=as_float(scale.get(SCALE[1])),
            threshold=threshold,
            version=_text(attributes.get(VERSION)),
            kind=kind,
            independence=independence,
            rationale=_text(attributes.get(EXPLANATION)),
            response=_text(attributes.get(RESPONSE)),
        )
    ]


def _judge(attributes: Attributes) -> Any:
    """Return the word for the judge: an actor, or an evaluator that is called a judge by a model."""
    actor = next((attributes[name] for name in attributes if ACTOR.search(name)), None)
    if actor is not None:
        return actor
    named = member_of(value_of(attributes.get(SOURCE)), "name")
    return "llm_judge" if isinstance(named, str) and named.casefold() == "llmjudge" else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
