"""A row of a leaderboard is a run as a whole, and says no more than the row."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import NodeObserved, RunEnded, RunStarted, VerdictGiven
from deliberation.vocabulary import CostBasis, CostProvenance, Usage, VerdictOutcome
from ingest.importers import yaml_rows
from ingest.importers.aider_leaderboard import AIDER_LEADERBOARD, read
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.choose import IMPORTERS, choose
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest, told, write

ROW: dict[str, Any] = {
    "dirname": "2025-08-23-15-47-21--gpt-5-high",
    "test_cases": 225,
    "model": "gpt-5 (high)",
    "edit_format": "diff",
    "pass_rate_1": "52.0",
    "pass_rate_2": "88.0",
    "pass_num_1": 117,
    "pass_num_2": 198,
    "reasoning_effort": "high",
    "prompt_tokens": 2675561,
    "completion_tokens": 2623429,
    "total_tests": 225,
    "command": "aider --model openai/gpt-5",
    "versions": "0.86.2.dev",
    "total_cost": "29.0829",
}


def row(**fields: Any) -> str:
    told = {name: value for name, value in {**ROW, **fields}.items() if value is not None}
    first, *others = (f"{name}: {value}" for name, value in told.items())
    return f"- {first}\n" + "".join(f"  {each}\n" for each in others) + "\n"


def runs(folder: Path, *rows: str) -> list[ImportedRun]:
    return list(read(write(folder / "polyglot_leaderboard.yml", "".join(rows))))


def test_it_works(tmp_path: Path) -> None:
    path = write(tmp_path / "board.yml", row() + row(dirname="another"))
    assert choose(path, IMPORTERS.values()) is AIDER_LEADERBOARD
    run, _ = read(path)
    started, node = only(run, RunStarted), only(run, NodeObserved)
    assert (started.models, started.effort, started.strategy) == (["gpt-5 (high)"], "high", None)
    assert node.usage == Usage(input=2675561, output=2623429)
    assert node.cost is not None
    assert (node.cost.amount, node.cost.provenance, node.cost_basis) == (
        *(Decimal("29.0829"), CostProvenance.REPORTED, CostBasis.UNALLOCATED),
    )
    first, second = told(run, VerdictGiven)
    assert (first.checks_passed, first.checks_total, first.score) == (117, 225, 52.0)
    assert (second.checks_passed, second.outcome) == (198, VerdictOutcome.UNSURE)
    assert only(run, RunEnded).answer is None
    assert rest(node)["versions"] == "0.86.2.dev"
    assert_repeatable(run)


def test_what_a_row_does_not_say_is_unknown(tmp_path: Path) -> None:
    (run,) = runs(
        tmp_path,
        row(reasoning_effort=None, prompt_tokens=None, completion_tokens=None, total_cost=None),
    )
    node = only(run, NodeObserved)
    assert (node.usage, node.cost and node.cost.amount) == (None, None)
    assert (only(run, RunStarted).effort, run.warnings) == (None, [])


def test_a_cost_of_nothing_was_not_free(tmp_path: Path) -> None:
    free, void = runs(tmp_path, row(total_cost="0.0000"), row(total_cost=0, dirname="void"))
    for run in (free, void):
        cost = only(run, NodeObserved).cost
        assert cost is not None
        assert cost.amount is None
        assert len(run.warnings) == 1


def test_the_effort_may_stand_in_the_command(tmp_path: Path) -> None:
    command = "aider --model o3-mini --reasoning-effort high"
    (run,) = runs(tmp_path, row(reasoning_effort=None, command=command))
    assert only(run, RunStarted).effort == "high"


def test_thinking_tokens_are_what_was_allowed_not_what_was_used(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, row(thinking_tokens=32000))
    assert json.loads(only(run, RunStarted).strategy_params or "")["thinking_tokens"] == "32000"
    usage = only(run, NodeObserved).usage
    assert usage is not None
    assert usage.reasoning is None


def test_only_a_benchmark_without_a_failure_is_accepted(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, row(pass_rate_2="100.0", pass_num_2=225))
    assert [each.outcome.value for each in told(run, VerdictGiven)] == ["unsure", "accept"]
    (once,) = runs(tmp_path, row(pass_rate_2=None))
    assert len(told(once, VerdictGiven)) == 1


def test_the_same_row_in_a_later_leaderboard_is_the_same_run(tmp_path: Path) -> None:
    (before,) = runs(tmp_path, row())
    new, same = runs(tmp_path, row(dirname="new"), row())
    assert before.known_by == same.known_by != new.known_by
    (corrected,) = runs(tmp_path, row(total_cost="29.1"))
    assert corrected.known_by != before.known_by


def test_there_is_one_node(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, row())
    assert list(nodes(run)) == ["benchmark"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("- dirname: [\n", "is not YAML: line 2"),
        ("- a\n- b\n", "is not a YAML list of records"),
        ("dirname: x\n", "is not a YAML list of records"),
        (row(model=""), "row 1 has no model"),
        (row() + row(pass_rate_1="many"), "row 2 has no model, or no pass rate"),
        ("- &a {dirname: x}\n- *a\n", "has YAML aliases"),
        ("- " + "[" * 20_000, "is not YAML"),
        ("\x00", "is not YAML"),
    ],
)
def test_a_file_that_is_no_leaderboard_is_refused(
    tmp_path: Path, content: str, sentence: str
) -> None:
    with pytest.raises(NotImportable, match=sentence):
        runs(tmp_path, content)


def test_tags_make_nothing(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, row(versions="!!python/object/apply:os.system ['false']"))
    assert rest(only(run, NodeObserved))["versions"] == ["false"]


def test_a_file_beyond_the_bound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_rows, "MAX_YAML_BYTES", 100)
    with pytest.raises(NotImportable, match="more than 100 bytes"):
        runs(tmp_path, row())
