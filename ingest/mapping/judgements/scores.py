"""Scores as plain attributes (`langfuse.score.*`), results of a case of a data set, and evaluators at work.

Langfuse's SDKs send scores to another address; who exports spans alone writes them under the same names, one score as
`langfuse.score.name` and `.value`, or each under its own name. Pydantic Evals sets what all evaluators said on the
span of a case, as JSON (`assertions`, `scores`, `labels`); a span for each evaluator says nothing but its name.
LangSmith's evaluators are runs that name the run they judge; by its own id, which no span has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deliberation.vocabulary import NodeKind
from ingest.mapping.bodies import member_of, value_of
from ingest.mapping.judgements.judgement import Judgement, sort_of
from ingest.mapping.judgements.outcome import of_truth, outcome_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import as_float, fact_text
from ingest.wire.span import Attributes

NAME = "scores"
CASE = "case-results"
EVALUATOR = "evaluator"

SCORE = "langfuse.score."
FAMILY = re.compile(r"^langfuse\.score\.")
FIELDS = frozenset({"name", "value", "comment", "data_type", "source", "id", "config_id", "string_value"})  # fmt: skip
RESULTS = ("assertions", "scores", "labels")
CALLED, TARGET = "evaluator_name", "langsmith.metadata.target_run_id"
MAX_RESULTS = 256


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record carries scores."""
    return any(key.startswith(SCORE) for key in keys)


def read(attributes: Attributes) -> list[Judgement]:
    """Return the scores of a record."""
    said = {
        key.removeprefix(SCORE): value for key, value in attributes.items() if key.startswith(SCORE)
    }
    name = said.get("name")
    if isinstance(name, str) and name:
        return [_score(name, said)] if said.get("value") is not None else []
    plain = ((key, value) for key, value in said.items() if key not in FIELDS and "." not in key)
    return [_score(key, {"value": value}) for key, value in plain][:MAX_RESULTS]


def recognises_case(keys: Keys, scope: str) -> bool:
    """True when a span may carry the results of a case: the names are plain words."""
    return all(name in keys for name in RESULTS)


def read_case(attributes: Attributes) -> list[Judgement]:
    """Return what evaluators said of a case; none where the names mean something else."""
    return list(_of_case(attributes))[:MAX_RESULTS]


def recognises_evaluator(keys: Keys, scope: str) -> bool:
    """True when a span is an evaluator at work."""
    return CALLED in keys or TARGET in keys


def fill_evaluator(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the kind of an evaluator, and its name, for which a span's own name may be a template."""
    return {"node_kind": NodeKind.VERIFICATION, "name": fact_text(rest.get(CALLED))}


def _score(name: str, said: dict[str, Any]) -> Judgement:
    value, is_truth = said["value"], str(said.get("data_type")).upper() == "BOOLEAN"
    number = None if isinstance(value, bool) else as_float(value)
    label = None if number is not None else value
    kind, independence = sort_of(said.get("source"))
    comment = said.get("comment")
    return Judgement(
        verifier=name,
        outcome=of_truth(name, bool(number))
        if is_truth and number is not None
        else outcome_of(name, label=label),
        label=None if label is None else str(label),
        score=number,
        kind=kind,
        independence=independence,
        rationale=comment if isinstance(comment, str) else None,
    )


def _of_case(attributes: Attributes) -> Iterator[Judgement]:
    for results in RESULTS:
        told = value_of(attributes.get(results))
        for name, result in told.items() if isinstance(told, dict) else ():
            if isinstance(result, dict) and result.get("value") is not None:
                yield _of_evaluator(name, result)


def _of_evaluator(name: str, result: dict[str, Any]) -> Judgement:
    value, reason = result["value"], result.get("reason")
    number = None if isinstance(value, bool) else as_float(value)
    source = member_of(result.get("source"), "name")
    is_judge = isinstance(source, str) and source.casefold() == "llmjudge"
    version = result.get("evaluator_version")
    kind, independence = sort_of("llm_judge" if is_judge else None)
    return Judgement(
        verifier=name,
        # What it asserts holds or not: there is no fault to be found.
        outcome=outcome_of("", label=value if number is None else None),
        label=None if number is not None or isinstance(value, bool) else str(value),
        score=number,
        version=version if isinstance(version, str) else None,
        kind=kind,
        independence=independence,
        rationale=reason if isinstance(reason, str) else None,
    )
