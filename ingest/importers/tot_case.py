"""What both sorts of tree-of-thought-llm logs say of a case: its outputs, their tests, its usage."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deliberation.events import CandidateProposed, Event, NodeObserved, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    CostBasis,
    Independence,
    NodeKind,
    NodeStatus,
    Strategy,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.tot_level import ROOT, Misshapen, texts_in
from ingest.importers.tot_name import Origin
from ingest.importers.usage_counter import Added

FOUR_NUMBERS = re.compile(r"\d+(?: \d+){3}")
NORMALISER = "last_line@1"
MAX_NAME_CHARS = 64
MAX_CLUSTER_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. `puzzle` is None where the log names it by its number only.

    `outputs` are whole texts, `correct` says of each whether the task's test passed, None where the log does
    not say or says it in degrees.
    """

    origin: Origin
    name: str
    puzzle: str | None
    outputs: list[str]
    correct: list[bool | None]
    added: Added
    is_game24: bool


def read_case(plain: Mapping[str, Any], origin: Origin, added: Added) -> Case:
    """Return what a case's entry says. Raises `Misshapen`."""
    puzzle = _puzzle(plain)
    number = str(plain.get("idx", ""))[:MAX_NAME_CHARS]
    outputs = texts_in(plain, "ys", "it")
    is_game24 = origin.task == "game24" or bool(puzzle and FOUR_NUMBERS.fullmatch(puzzle))
    task = origin.task or ("game24" if is_game24 else "case")
    return Case(
        origin=origin,
        name=f"{task} {puzzle or number}".strip(),
        puzzle=puzzle,
        outputs=outputs,
        correct=_correct(plain, len(outputs)),
        added=added,
        is_game24=is_game24,
    )


def tell_start(case: Case, run: str, strategy: Strategy, **parameters: Any) -> Iterator[Event]:
    """Yield the run's start and its root. No times: the log has none."""
    origin, added = case.origin, case.added
    yield RunStarted(
        run=run,
        key="start",
        name=case.name,
        task=case.puzzle or case.name,
        strategy=strategy,
        strategy_params=json.dumps(origin.parameters | parameters),
        models=[origin.model] if origin.model else None,
        tags=[word for word in (origin.task, origin.parameters.get("prompt")) if word] or None,
    )
    yield NodeObserved(
        run=run,
        key=ROOT,
        node=ROOT,
        node_kind=NodeKind.STEP,
        name=case.name,
        status=NodeStatus.OK,
        depth=0,
        model=origin.model if added.usage else None,
        usage=added.usage,
        cost=added.cost,
        cost_basis=CostBasis.UNALLOCATED if added.usage else None,
        input=case.puzzle,
    )


def tell_output(
    case: Case, run: str, index: int, node: str, **vote: Any
) -> Iterator[CandidateProposed | VerdictGiven]:
    """Yield the candidate that an output is, and the test's verdict where the log has one."""
    answer = last_line(case.outputs[index])
    yield CandidateProposed(
        run=run,
        key=f"{node}:candidate",
        node=node,
        answer=answer,
        normalised=answer or None,
        normaliser=NORMALISER,
        correct=case.correct[index],
        **vote,
    )
    if case.is_game24 and case.correct[index] is not None:
        yield _verdict(run, node, bool(case.correct[index]))


def last_line(text: str) -> str:
    """Return the line that upstream's test of an output looks at, as it stands."""
    return text.strip().split("\n")[-1]


def _verdict(run: str, node: str, passed: bool) -> VerdictGiven:
    # Upstream's Game24Task.test_output: the puzzle's four numbers, each used once, and sympy says 24. It needs
    # the question alone, so no reference answer has leaked into it.
    return VerdictGiven(
        run=run,
        key=f"{node}:verdict",
        node=node,
        verifier="game24 test",
        verifier_kind=VerifierKind.CALCULATOR,
        outcome=VerdictOutcome.ACCEPT if passed else VerdictOutcome.REJECT,
        score=float(passed),
        scale_min=0.0,
        scale_max=1.0,
        threshold=1.0,
        independence=Independence.DETERMINISTIC,
        saw_reference=False,
    )


def _puzzle(plain: Mapping[str, Any]) -> str | None:
    steps = plain.get("steps", [])
    if not isinstance(steps, list):
        raise Misshapen("its 'steps' are not a list")
    first = steps[0] if steps else None
    found = first.get("x") if isinstance(first, Mapping) else None
    return found if isinstance(found, str) else None


def _correct(plain: Mapping[str, Any], count: int) -> list[bool | None]:
    """Read `infos` (`[{"r": 0 or 1}]`) or, in older logs, `accs` (`[false, …]`)."""
    found = plain.get("infos", plain.get("accs"))
    if found is None:
        return [None] * count
    if not isinstance(found, list) or len(found) != count:
        raise Misshapen(f"it does not have one test for each of its {count} outputs")
    return [_passed(each.get("r") if isinstance(each, Mapping) else each) for each in found]


def _passed(value: Any) -> bool | None:
    return bool(value) if isinstance(value, int) and value in (0, 1) else None
