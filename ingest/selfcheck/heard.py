"""A file of public logs as the rows that its runs would have: read by its importer, folded by the one projector.

Nothing is written: a check leaves no run behind, and needs no rights to any.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import localcontext
from pathlib import Path
from typing import Any

from deliberation.events import Event
from ingest.importers.base import ImportedRun
from ingest.importers.choose import IMPORTERS, choose
from ingest.priced import priced
from traces.playback.fold import Memory
from traces.projection.project import EXACT, Numbered, fold
from traces.projection.states import CandidateState, NodeState, RunState
from traces.projection.tables import VERDICTS

NO_PROJECT = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One run: its row, its nodes, candidates and verdicts (by column) in the order of the ledger, and its events."""

    run: RunState
    nodes: Sequence[NodeState]
    candidates: Sequence[CandidateState]
    verdicts: Sequence[dict[str, Any]]
    events: Sequence[Event]
    warnings: Sequence[str]


def hear(path: Path) -> list[Heard]:
    """Return the runs of a file, in its order. Raises NotImportable."""
    importer = choose(path, list(IMPORTERS.values()))
    pieces: dict[str, list[ImportedRun]] = {}
    for piece in importer.read(path):
        pieces.setdefault(piece.own_id or piece.known_by, []).append(piece)
    return [_fold(name, each) for name, each in pieces.items()]


def _fold(name: str, pieces: Iterable[ImportedRun]) -> Heard:
    run_id = uuid.uuid5(uuid.NAMESPACE_URL, name)
    run = RunState(run_id=run_id, project_id=NO_PROJECT, source="import", trace_id=name)
    memory = Memory({run_id: run})
    events: list[Event] = []
    warnings: list[str] = []
    with localcontext(EXACT):
        for piece in pieces:
            for event in piece.tell(str(run_id)):
                told = priced(event)
                fold(memory, run, Numbered(len(events) + 1, told))
                events.append(told)
            warnings += piece.warnings
    return Heard(
        run=run,
        nodes=sorted(memory.nodes.values(), key=lambda node: node.ordinal),
        candidates=sorted(memory.candidates.values(), key=lambda candidate: candidate.seq),
        verdicts=[dict(zip(VERDICTS.columns, row, strict=True)) for row in memory.verdicts],
        events=events,
        warnings=warnings,
    )
