"""Solutions of openai/grade-school-math: a problem a line, with one solution of each of several models.

`example_model_solutions.jsonl` (Cobbe et al. 2021, arXiv 2110.14168): `{"question", "ground_truth", "<model>":
{"is_correct", "solution"}, …}`. A model's answer to a problem is a run of its own: nobody chose among the models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    Event,
    NodeObserved,
    RunEnded,
    RunStarted,
)
from deliberation.vocabulary import NodeKind, NodeStatus, ObservedState, Strategy
from ingest.importers.base import ImportedRun, Importer
from ingest.importers.cut_json import first_members
from ingest.importers.json_lines import Line, Misread, read_runs, text_of

NAME = "gsm8k_solutions"
NORMALISER = "gsm8k_final_answer@1"
FINAL = re.compile(r"(?:####|\bA:)[ \t]*(\S[^\n]*)\s*\Z")
NODE = "solution"
MAX_CLUSTER_CHARS = 200
RANKED = json.dumps(
    {"recorded": "the sample that the verifier ranked first, and none of the others"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What one model answered, and whether the benchmark found it right."""

    model: str
    number: int
    question: str
    reference: str | None
    text: str
    is_correct: bool

    @property
    def strategy(self) -> Strategy:
        """What the paper did under this name: one sample, or the best of many by a verifier's score."""
        if self.model.endswith("_verification"):
            return Strategy.BEST_OF_N
        if self.model.endswith("_finetuning"):
            return Strategy.CHAIN_OF_THOUGHT
        return Strategy.UNKNOWN


def sniff(path: Path, head: bytes) -> bool:
    """A JSON object with a question, a reference and judged solutions."""
    is_object = head.lstrip()[:1] == b"{" and b'"is_correct"' in head
    return is_object and {"question", "ground_truth"} <= first_members(head)


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a run for each problem and model. Raises `NotImportable`."""
    return read_runs(path, _runs)


def _runs(line: Line) -> Iterator[ImportedRun]:
    solutions = list(_solutions(line))
    if not solutions:
        raise Misread("it holds no solution")
    for solution in solutions:
        yield ImportedRun(
            known_by=line.name_of(f"{line.index}:{solution.model}"),
            tell=lambda run, solution=solution: _tell(solution, run),  # type: ignore[misc]
            size=1,
            warnings=line.warnings,
        )


def _solutions(line: Line) -> Iterator[Solution]:
    plain = line.value
    reference = plain.get("ground_truth")
    for model, found in plain.items():
        if isinstance(found, Mapping) and "solution" in found:
            is_correct = found.get("is_correct")
            if not isinstance(is_correct, bool):
                raise Misread(f"its {model!r} does not say whether it is correct")
            yield Solution(
                model=model,
                number=line.index + 1,
                question=text_of(plain, "question"),
                reference=reference if isinstance(reference, str) else None,
                text=text_of(found, "solution"),
                is_correct=is_correct,
            )


def _tell(solution: Solution, run: str) -> Iterator[Event]:
    """Yield the events of one answer. No times, tokens or scores: the file has none."""
    answer = final_answer(solution.text)
    is_ranked = solution.strategy is Strategy.BEST_OF_N
    yield RunStarted(
        run=run,
        key="start",
        name=f"gsm8k {solution.number} {solution.model}",
        task=solution.question,
        strategy=solution.strategy,
        strategy_params=RANKED if is_ranked else None,
        models=[solution.model],
        tags=["gsm8k"],
    )
    yield NodeObserved(
        run=run,
        key=NODE,
        node=NODE,
        node_kind=NodeKind.SAMPLE,
        status=NodeStatus.OK,
        model=solution.model,
        input=solution.question,
        output=solution.text,
        attributes=_rest(solution),
    )
    yield CandidateProposed(
        run=run,
        key=f"{NODE}:candidate",
        node=NODE,
        answer=answer or solution.text,
        normalised=answer,
        normaliser=NORMALISER,
        cluster=answer if answer and len(answer) <= MAX_CLUSTER_CHARS else None,
        correct=solution.is_correct,
    )
    yield AnswerSelected(
        run=run, key="selected", node=NODE, rule="argmax score" if is_ranked else None
    )
    yield RunEnded(
        run=run, key="end", state=ObservedState.COMPLETED, answer=answer or solution.text
    )


def final_answer(text: str) -> str | None:
    """Return what stands behind the last `A:` or `####`, without thousands' commas; None where there is none."""
    found = FINAL.search(text)
    return found[1].replace(",", "").strip().rstrip(".") or None if found else None


def _rest(solution: Solution) -> str | None:
    return json.dumps({"ground_truth": solution.reference}) if solution.reference else None


GSM8K_SOLUTIONS = Importer(name=NAME, sniff=sniff, read=read)
