"""Inspect logs recorded from Inspect itself come out of the tables with the totals that their facts state."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum

from tests.people import make_project
from tests.unit.importers.inspect_logs import model, sample, write_eval
from traces.models import Node, Run, Verdict

TREE = Path(__file__).resolve().parents[3]
LOGS = TREE.parent / "shared" / "corpus" / "inspect-logs"
NAMES = ("agents-1", "critique-1", "old-0.3.69-1", "providers-1", "selfconsistency-1")

pytestmark = pytest.mark.django_db
recorded = pytest.mark.skipif(
    not LOGS.is_dir(), reason="the recorded logs are not beside this tree (../shared/corpus)"
)


def imported(*paths: Path) -> list[dict[str, Any]]:
    make_project()
    told = StringIO()
    call_command("import_traces", *map(str, paths), stdout=told, stderr=StringIO())
    return [json.loads(line) for line in told.getvalue().splitlines()]


def facts_of(name: str) -> dict[str, Any]:
    return dict(json.loads((LOGS / "summary.json").read_text())[f"{name}.eval"])


def by_epoch() -> dict[tuple[str, int], Run]:
    """(sample, epoch) → run, as the root node of each says."""
    found = {}
    for run in Run.objects.all():
        words = str(run.name).split(" ")
        found[words[1], int(words[3]) if len(words) > 2 else 1] = run
    return found


def calls() -> Any:
    return Node.objects.filter(kind="model_call").exclude(node_id__startswith="try.")


@recorded
@pytest.mark.parametrize("suffix", ["eval", "json"])
@pytest.mark.parametrize("name", NAMES)
def test_samples_calls_tokens_tools_and_spans_are_the_facts(name: str, suffix: str) -> None:
    facts = facts_of(name)
    done = imported(LOGS / f"{name}.{suffix}")
    assert len(done) == len(facts["samples"]) == Run.objects.count()
    assert not any(each["warnings"] for each in done)
    assert set(by_epoch()) == {(str(each["id"]), each["epoch"]) for each in facts["samples"]}
    if name.startswith("old"):
        # The facts count calls at the top; those inside its eight subtasks make up the log's own total.
        assert calls().count() == facts["model_calls"] + 8
    else:
        assert calls().count() == facts["model_calls"]
    stated = Counter[str]()
    for usage in facts["tokens_from_stats"].values():
        stated.update(usage)
    cached = stated["input_tokens_cache_read"]
    sums = Run.objects.aggregate(i=Sum("input_tokens"), o=Sum("output_tokens"))
    assert (sums["i"], sums["o"]) == (stated["input_tokens"] + cached, stated["output_tokens"])
    assert sums["i"] + sums["o"] == stated["total_tokens"]
    reasoning = calls().aggregate(r=Sum("reasoning_tokens"), c=Sum("cache_read_tokens"))
    assert (reasoning["r"] or 0, reasoning["c"] or 0) == (stated["reasoning_tokens"], cached)
    tools = Node.objects.filter(kind="tool_call")
    assert Counter(tools.values_list("tool", flat=True)) == facts["tool_events"]
    assert tools.filter(status="error").count() == facts["tool_event_errors"]
    spans = Node.objects.filter(node_id__startswith="span:").count()
    of_tools = sum(count for span, count in facts["spans"].items() if span.startswith("tool:"))
    assert spans + of_tools == sum(facts["spans"].values())
    assert not Node.objects.filter(status="running").exists()
    assert not Run.objects.exclude(orphans=0).exists()


@recorded
@pytest.mark.parametrize("name", NAMES)
def test_scores_ends_and_decisions_are_the_facts(name: str) -> None:
    facts = facts_of(name)
    imported(LOGS / f"{name}.eval")
    found = by_epoch()
    for told in facts["samples"]:
        run = found[str(told["id"]), told["epoch"]]
        verdicts = Verdict.objects.filter(run_id=run.pk, node_id="sample")
        assert scores(verdicts) == expected(told["scores"])
        ended = "failed" if told["error"] else "limit_exceeded" if told["limit"] else "completed"
        assert run.observed_state == ended
        assert run.stop_reason == f"{told['limit']} limit" or not told["limit"]
        tries = Node.objects.filter(run_id=run.pk, kind="step", fate_by="inspect retry_on_error")
        assert tries.count() == told["error_retries"]
    decisions = Node.objects.filter(kind="approval").values_list("name", flat=True)
    said = Counter(str(each).split(": ")[1] for each in decisions)
    assert said == facts["approvals"]


def scores(verdicts: Any) -> dict[str, tuple[str, float | None]]:
    return {each.verifier: (each.outcome, each.score) for each in verdicts}


def expected(told: dict[str, Any]) -> dict[str, tuple[str, float]]:
    letters = {"C": ("accept", 1.0), "I": ("reject", 0.0)}
    found = {}
    for scorer, value in told.items():
        if isinstance(value, dict):
            found |= {f"{scorer}/{member}": ("unsure", each) for member, each in value.items()}
        else:
            found[scorer] = letters[value]
    return found


@recorded
def test_an_eval_its_json_and_both_again_are_the_same_runs() -> None:
    first = imported(LOGS / "agents-1.eval")
    counts = Node.objects.count(), Verdict.objects.count()
    again = imported(LOGS / "agents-1.json", LOGS / "agents-1.eval")
    assert {each["run_id"] for each in first} == {each["run_id"] for each in again}
    assert (Node.objects.count(), Verdict.objects.count()) == counts


@recorded
def test_epochs_of_a_sample_are_runs_of_one_session() -> None:
    imported(LOGS / "selfconsistency-1.eval")
    sessions = Counter(Run.objects.values_list("session_id", flat=True))
    assert sorted(sessions.values()) == [4, 4, 4]


def test_a_killed_log_names_what_it_lost(tmp_path: Path) -> None:
    path = write_eval(
        tmp_path / "log.eval",
        sample(),
        sample(uuid="UUID-a-2", epoch=2, scores={}, completed_at=None),
        is_killed=True,
        config={"epochs": 2},
        dataset={"sample_ids": ["a", "b"]},
    )
    done = imported(path)
    found = by_epoch()
    assert (found["a", 1].observed_state, found["a", 2].observed_state) == ("completed", "lost")
    assert found["a", 2].stop_reason == "the file ends before the run does"
    assert "b (epoch 1), b (epoch 2)" in " ".join(done[0]["warnings"])


@recorded
def test_the_tables_are_rebuilt_as_they_were() -> None:
    imported(LOGS / "agents-1.eval", LOGS / "selfconsistency-1.eval")
    before = rows()
    for run in Run.objects.all():
        call_command("rebuild", str(run.pk), stdout=StringIO())
    assert rows() == before


def rows() -> list[list[tuple[Any, ...]]]:
    nodes = Node.objects.order_by("run_id", "node_id")
    verdicts = Verdict.objects.order_by("run_id", "seq")
    return [list(nodes.values_list()), list(verdicts.values_list())]


def test_stated_costs_add_up_and_an_answer_from_the_cache_is_free(tmp_path: Path) -> None:
    usage = {"input_tokens": 2, "output_tokens": 1, "total_tokens": 3, "total_cost": 0.0123}
    calls_made = [model(1, usage=usage), model(2, usage=usage), model(3, usage=usage, cache="read")]
    imported(write_eval(tmp_path / "log.eval", sample(*calls_made)))
    run = Run.objects.get()
    assert (run.cost, run.cost_provenance) == (Decimal("0.0246"), "reported")
    assert (run.input_tokens, run.output_tokens) == (4, 2)
