"""Leaderboards of Aider-AI/aider (`aider/website/_data/*_leaderboard.yml`): a YAML list, one benchmark run a row.

A row is a run as a whole: which of its exercises were solved, and what each of them cost, is not in the file.
Sources: that folder, and `benchmark/README.md` beside it, which says what the columns are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any

from deliberation.events import Event, NodeObserved, RunEnded, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    CostProvenance,
    Independence,
    NodeKind,
    NodeStatus,
    ObservedState,
    Usage,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.base import ImportedRun, Importer, NotImportable
from ingest.importers.json_text import rest_text
from ingest.importers.yaml_rows import read_rows
from ingest.mapping.take import as_amount, as_count, as_float, fact_text

NAME = "aider_leaderboard"
NODE = "benchmark"
NEEDED = (b"- dirname:", b" model:", b" pass_rate_1:")
EFFORT = re.compile(r"--reasoning-effort[ =](\S+)")
PARAMETERS = ("edit_format", "editor_model", "editor_edit_format", "thinking_tokens", "command")
TOLD = ("model", "reasoning_effort", "prompt_tokens", "completion_tokens", "total_cost")
TRIES = {1: "first", 2: "second"}
"""Before the second try the model is shown what the tests said of the first."""

FREE = "it states a cost of 0, which says that nobody counted: the cost is not known"


def sniff(path: Path, head: bytes) -> bool:
    """A YAML list whose records name a folder, a model and a pass rate."""
    return head.lstrip()[:1] in b"-#" and all(name in head for name in NEEDED)


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a run for each row. Raises `NotImportable`."""
    rows = read_rows(path)
    for number, row in enumerate(rows, 1):
        if not fact_text(row.get("model")) or _rate(row, 1) is None:
            raise NotImportable(path, f"row {number} has no model, or no pass rate")
    for row in rows:
        yield ImportedRun(
            known_by=_name_of(row),
            tell=lambda run, row=row: _tell(row, run),  # type: ignore[misc]
            size=1,
            warnings=[FREE] if _states_nothing_spent(row) else [],
        )


def _name_of(row: Mapping[str, Any]) -> str:
    """Return the run's name: the same row in a later leaderboard is the same run, a corrected one is another."""
    content = json.dumps(row, sort_keys=True).encode()
    return f"import:{blake2b(NAME.encode() + content, digest_size=16).hexdigest()}"


def _tell(row: Mapping[str, Any], run: str) -> Iterator[Event]:
    """Yield the events of a row. No times: its date is a day, and says neither when it began nor when it ended."""
    model = fact_text(row["model"]) or ""
    yield RunStarted(
        run=run,
        key="start",
        name=f"aider benchmark: {model}",
        strategy_params=rest_text({name: row[name] for name in PARAMETERS if row.get(name)}),
        models=[model],
        effort=_effort(row),
        tags=["aider"],
    )
    yield NodeObserved(
        run=run,
        key=NODE,
        node=NODE,
        node_kind=NodeKind.STEP,
        name=fact_text(row.get("dirname")) or NODE,
        status=NodeStatus.OK,
        model=model,
        usage=_usage(row),
        cost=_cost(row),
        cost_basis=CostBasis.UNALLOCATED,
        attributes=rest_text({name: value for name, value in row.items() if name not in TOLD}),
    )
    for number in TRIES:
        if _rate(row, number) is not None:
            yield _verdict(row, number, run)
    yield RunEnded(run=run, key="end", state=ObservedState.COMPLETED)


def _verdict(row: Mapping[str, Any], number: int, run: str) -> VerdictGiven:
    """Return how many exercises passed after so many tries. Of a share, nothing says whether it is right."""
    rate = _rate(row, number)
    return VerdictGiven(
        run=run,
        key=f"verdict:{number}",
        node=NODE,
        verdict=f"tries.{number}",
        verifier=f"exercise tests, {TRIES[number]} try",
        verifier_kind=VerifierKind.UNIT_TEST,
        outcome=VerdictOutcome.ACCEPT if rate == 100 else VerdictOutcome.UNSURE,
        score=rate,
        scale_min=0.0,
        scale_max=100.0,
        independence=Independence.DETERMINISTIC,
        checks_total=as_count(row.get("total_tests")) or as_count(row.get("test_cases")),
        checks_passed=as_count(row.get(f"pass_num_{number}")),
    )


def _rate(row: Mapping[str, Any], number: int) -> float | None:
    return as_float(row.get(f"pass_rate_{number}"))


def _effort(row: Mapping[str, Any]) -> str | None:
    stated = fact_text(row.get("reasoning_effort"))
    asked = EFFORT.search(str(row.get("command") or ""))
    return stated or (fact_text(asked[1]) if asked else None)


def _usage(row: Mapping[str, Any]) -> Usage | None:
    entered, came_out = (as_count(row.get(f"{side}_tokens")) for side in ("prompt", "completion"))
    return None if entered is came_out is None else Usage(input=entered, output=came_out)


def _cost(row: Mapping[str, Any]) -> Cost:
    amount = as_amount(row.get("total_cost"))
    if not amount:
        return Cost(provenance=CostProvenance.ABSENT)
    return Cost(amount=amount, provenance=CostProvenance.REPORTED)


def _states_nothing_spent(row: Mapping[str, Any]) -> bool:
    return as_amount(row.get("total_cost")) == Decimal(0)


AIDER_LEADERBOARD = Importer(name=NAME, sniff=sniff, read=read)
