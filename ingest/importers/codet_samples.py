"""Samples of microsoft/CodeT: a task a line, `{"prompt", "samples": [code, …]}` (Chen et al. 2022, arXiv 2207.10397).

The file holds samples and no choice among them. Where the table of `codet_results` lies beside it, each sample has a
verdict of the tests that the model wrote, a cluster of equal behaviour, and whether the hidden tests found it right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deliberation.events import (
    CandidateProposed,
    Event,
    NodeObserved,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    Independence,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.base import ImportedRun, Importer, Unrecognised
from ingest.importers.codet_results import COLUMNS, Result, Results, results_beside
from ingest.importers.cut_json import first_members
from ingest.importers.json_lines import Line, Misread, read_runs, text_of, texts_of
from ingest.importers.tot_name import published_name

NAME = "codet_samples"
ROOT = "root"
GENERATED_TESTS = "generated tests"
HEADER = ",".join(COLUMNS).encode()
PUBLISHED = re.compile(
    r"(?P<dataset>[^_]+)_(?P<model>.+)_temp(?P<temperature>[\d.]+)_topp(?P<top_p>[\d.]+)_num(?P<samples>\d+)"
    r"_max(?P<max_tokens>\d+)_code_solution"
)
NO_MODEL = "neither the file nor its name says which model it was: the model is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How the samples were drawn, in the words of the file's published name; None is not said."""

    dataset: str | None
    model: str | None
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line: a task and its samples."""

    number: int
    prompt: str
    samples: list[str]
    origin: Origin
    results: Results

    @property
    def name(self) -> str:
        """What the run is called."""
        return f"{self.origin.dataset or 'task'}/{self.number}"


def sniff(path: Path, head: bytes) -> bool:
    """A JSON object with a prompt and samples, or the table that is read with them."""
    start = head.lstrip()
    if start[:1] == b"{":
        return {"prompt", "samples"} <= first_members(head)
    return start.startswith(HEADER)


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a run for each task. Raises `NotImportable`."""
    with path.open("rb") as file:
        if file.read(len(HEADER)) == HEADER:
            raise Unrecognised(path, "holds results, and is read with the samples beside it")
    origin, results = _origin(path), results_beside(path)
    notes = results.warnings + ([] if origin.model else [NO_MODEL])

    def runs_of(line: Line) -> Iterator[ImportedRun]:
        # Into the list that all runs of the file share: a damaged line may still add to it.
        line.warnings.extend(note for note in notes if note not in line.warnings)
        yield _run(line, origin, results)

    yield from read_runs(path, runs_of)


def _run(line: Line, origin: Origin, results: Results) -> ImportedRun:
    task = Task(
        number=line.index,
        prompt=text_of(line.value, "prompt"),
        samples=texts_of(line.value, "samples"),
        origin=origin,
        results=results,
    )
    if not task.samples:
        raise Misread("it holds no sample")
    return ImportedRun(
        known_by=line.name_of(str(line.index)),
        tell=lambda run: _tell(task, run),
        size=1 + len(task.samples),
        warnings=line.warnings,
    )


def _origin(path: Path) -> Origin:
    for named in (path, published_name(path)):
        found = named and PUBLISHED.fullmatch(named.stem)
        if found:
            words = found.groupdict()
            return Origin(dataset=words.pop("dataset"), model=words.pop("model"), parameters=words)
    return Origin(dataset=None, model=None, parameters={})


def _tell(task: Task, run: str) -> Iterator[Event]:
    """Yield the events of a task. No times, tokens or choice: the file has none."""
    origin = task.origin
    yield RunStarted(
        run=run,
        key="start",
        name=task.name,
        task=task.prompt,
        strategy=Strategy.BEST_OF_N if len(task.samples) > 1 else Strategy.CHAIN_OF_THOUGHT,
        strategy_params=json.dumps(origin.parameters | {"n": len(task.samples)}),
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
    )
    for place, code in enumerate(task.samples):
        yield from _tell_sample(task, run, place, code)
    yield RunEnded(run=run, key="end", state=ObservedState.COMPLETED)


def _tell_sample(task: Task, run: str, place: int, code: str) -> Iterator[Event]:
    node = f"s.{place}"
    yield NodeObserved(
        run=run,
        key=node,
        node=node,
        parent=ROOT,
        node_kind=NodeKind.SAMPLE,
        status=NodeStatus.OK,
        depth=1,
        rank=place,
        output=code,
    )
    yield CandidateProposed(run=run, key=f"{node}:candidate", node=node, answer=code)
    result = task.results.of(task.number, place)
    if result is not None:
        yield from _tell_result(task, run, node, result)


def _tell_result(task: Task, run: str, node: str, result: Result) -> Iterator[Event]:
    # Under a key of its own: samples that were imported alone learn what they did when the table comes later.
    yield CandidateProposed(
        run=run,
        key=f"{node}:executed:{task.results.digest}",
        node=node,
        cluster=None if result.cluster is None else f"behaviour {result.cluster}",
        votes=task.results.agreeing(task.number, result),
        correct=result.passed,
    )
    yield VerdictGiven(
        run=run,
        key=f"{node}:verdict:{task.results.digest}",
        node=node,
        verifier=GENERATED_TESTS,
        verifier_kind=VerifierKind.UNIT_TEST,
        outcome=_outcome(result),
        score=float(result.tests_passed),
        scale_min=0.0,
        scale_max=float(result.tests_total),
        threshold=float(result.tests_total),
        independence=Independence.SAME_MODEL,
        saw_reference=False,
        checks_total=result.tests_total,
        checks_passed=result.tests_passed,
        rationale=None if result.cluster is not None else "it did not load",
    )


def _outcome(result: Result) -> VerdictOutcome:
    if not result.tests_total:
        return VerdictOutcome.UNSURE
    is_full = result.tests_passed == result.tests_total
    return VerdictOutcome.ACCEPT if is_full else VerdictOutcome.REJECT


CODET_SAMPLES = Importer(name=NAME, sniff=sniff, read=read)
