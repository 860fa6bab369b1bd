"""Logs of noahshinn/reflexion (Shinn et al. 2023, arXiv 2303.11366), programming tasks: a task a line.

A line with `reflections` is a run of strategy reflexion: proposal, critique, revision, critique, … A line without is
a single attempt (upstream's `simple`). The hidden tests' `is_solved` is whether the returned candidate is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    EdgeDrawn,
    Event,
    FateDecided,
    NodeObserved,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    DiscardReason,
    EdgeKind,
    Fate,
    Independence,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.base import ImportedRun, Importer
from ingest.importers.cut_json import first_members
from ingest.importers.json_lines import Line, read_objects, read_runs
from ingest.importers.reflexion_name import Origin, origin_of
from ingest.importers.reflexion_task import UNDECIDED, USED_UP, Attempt, Task, read_task

NAME = "reflexion"
ROOT = "root"
SELF_WRITTEN_TESTS = "self-written tests"
NO_MODEL = "neither the log nor its name says which model it was: the model is not known"
DEFAULT_ATTEMPTS = 10
"""Upstream's `--max_iters` when nobody gives one; taken when some task of the file used so many."""


def sniff(path: Path, head: bytes) -> bool:
    """A JSON object with a prompt, a solution and what the hidden tests said of it."""
    if head.lstrip()[:1] != b"{":
        return False
    names = first_members(head)
    return {"prompt", "is_solved"} <= names and bool(names & {"solution", "reflections"})


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a run for each task. Raises `NotImportable`."""
    origin = origin_of(path)
    most = max((_count(plain.get("reflections")) for plain in read_objects(path)), default=0)
    if origin.attempts is None and most + 1 == DEFAULT_ATTEMPTS:
        origin = replace(origin, attempts=DEFAULT_ATTEMPTS)

    notes = [] if origin.model else [NO_MODEL]

    def runs_of(line: Line) -> Iterator[ImportedRun]:
        task = read_task(line.value, line.index, origin, most)
        # Into the list that all runs of the file share: a damaged line may still add to it.
        line.warnings.extend(note for note in notes if note not in line.warnings)
        doubt = _doubt(task)
        yield ImportedRun(
            known_by=line.name_of(str(line.index)),
            tell=lambda run: _tell(task, origin, run),
            size=2 * len(task.attempts),
            warnings=[doubt, *line.warnings] if doubt else line.warnings,
        )

    yield from read_runs(path, runs_of)


def _count(reflections: object) -> int:
    return len(reflections) if isinstance(reflections, list) else 0


def _doubt(task: Task) -> str | None:
    verdict = task.attempts[-1].verdict
    if task.is_reflexion and verdict is None:
        return UNDECIDED
    if verdict and verdict.rationale == USED_UP:
        return f"the verdict of the self-written tests on the last attempt is {USED_UP}"
    return None


def _tell(task: Task, origin: Origin, run: str) -> Iterator[Event]:
    """Yield the events of a task. No times, tokens or cost: the log has none."""
    yield RunStarted(
        run=run,
        key="start",
        name=task.name,
        task=task.prompt,
        strategy=Strategy.REFLEXION if task.is_reflexion else Strategy.CHAIN_OF_THOUGHT,
        strategy_params=json.dumps(origin.parameters) if origin.parameters else None,
        models=[origin.model] if origin.model else None,
        tags=[origin.dataset] if origin.dataset else None,
    )
    yield NodeObserved(
        run=run,
        key=ROOT,
        node=ROOT,
        node_kind=NodeKind.STEP,
        name=task.name,
        status=NodeStatus.OK,
        depth=0,
        input=task.prompt,
        attributes=json.dumps(task.rest, default=str) if task.rest else None,
    )
    for place, attempt in enumerate(task.attempts):
        yield from _tell_attempt(task, origin, run, place, attempt)
    yield from _tell_end(task, run)


def _tell_attempt(
    task: Task, origin: Origin, run: str, place: int, attempt: Attempt
) -> Iterator[Event]:
    node, before = _node(place), _node(place - 1)
    if attempt.reflection is not None:
        yield NodeObserved(
            run=run,
            key=f"reflection.{place}",
            node=f"reflection.{place}",
            parent=before,
            node_kind=NodeKind.CRITIQUE,
            name=f"reflection {place}",
            status=NodeStatus.OK,
            model=origin.model,
            text=attempt.reflection,
        )
    yield NodeObserved(
        run=run,
        key=node,
        node=node,
        parent=ROOT,
        node_kind=_kind(task, place),
        name=f"attempt {place + 1}",
        status=NodeStatus.OK,
        depth=1,
        rank=place,
        model=origin.model,
        output=attempt.text,
    )
    if place:
        yield EdgeDrawn(
            run=run, key=f"{node}:revises", edge=EdgeKind.REVISES, source=node, target=before
        )
    yield from _tell_verdict(run, node, attempt)


def _tell_verdict(run: str, node: str, attempt: Attempt) -> Iterator[Event]:
    """Yield what the self-written tests said. They saw the question alone, and who wrote the program wrote them."""
    if attempt.verdict is None:
        return
    passed = attempt.verdict.outcome is VerdictOutcome.ACCEPT
    yield VerdictGiven(
        run=run,
        key=f"{node}:verdict",
        node=node,
        verdict=f"{node}:tests",
        verifier=SELF_WRITTEN_TESTS,
        verifier_kind=VerifierKind.UNIT_TEST,
        outcome=attempt.verdict.outcome,
        score=float(passed),
        scale_min=0.0,
        scale_max=1.0,
        threshold=1.0,
        independence=Independence.SAME_MODEL,
        saw_reference=False,
        rationale=attempt.verdict.rationale,
    )


def _tell_end(task: Task, run: str) -> Iterator[Event]:
    """Yield what became of the attempts: the last one is returned, each before it was rejected by its tests."""
    last = len(task.attempts) - 1
    for place in range(last):
        yield FateDecided(
            run=run,
            key=f"{_node(place)}:fate",
            node=_node(place),
            fate=Fate.DISCARDED,
            reason=DiscardReason.VERIFIER_REJECTED,
            by=SELF_WRITTEN_TESTS,
            verdict=f"{_node(place)}:tests",
        )
    returned, verdict = task.attempts[-1], task.attempts[-1].verdict
    yield CandidateProposed(
        run=run,
        key=f"{_node(last)}:candidate",
        node=_node(last),
        answer=returned.text,
        correct=task.is_solved,
    )
    accepted = verdict is not None and verdict.outcome is VerdictOutcome.ACCEPT
    rule = "first accepted" if accepted else "last attempt"
    yield AnswerSelected(
        run=run, key="selected", node=_node(last), rule=rule if task.is_reflexion else None
    )
    yield RunEnded(run=run, key="end", state=ObservedState.COMPLETED, answer=returned.text)


def _kind(task: Task, place: int) -> NodeKind:
    if not task.is_reflexion:
        return NodeKind.SAMPLE
    return NodeKind.REVISION if place else NodeKind.PROPOSAL


def _node(place: int) -> str:
    return f"attempt.{place}"


REFLEXION = Importer(name=NAME, sniff=sniff, read=read)
