"""What the public searches say beyond their totals (test_ground_truth.py), through the tables."""

from __future__ import annotations

import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from ingest.management.commands import import_traces
from tests.people import make_project
from traces.models import Candidate, Node, Run, Verdict

TREE = Path(__file__).resolve().parents[3]
SHARED = TREE.parent / "shared"
LOGS = SHARED / "data" / "tot_game24"
BODIES = SHARED / "corpus"
SECONDS_FOR_SEARCHES = 10

pytestmark = pytest.mark.skipif(
    not LOGS.is_dir(), reason="the public logs are not beside this tree (../shared/data)"
)


def read(name: str) -> float:
    make_project()
    begun = time.process_time()
    call_command("import_traces", str(LOGS / name), stdout=StringIO(), stderr=StringIO())
    return time.process_time() - begun


def test_a_hundred_searches_of_game_24_are_read_in_seconds() -> None:
    seconds = read("tot_bfs_b5.json")
    assert (Run.objects.count(), Node.objects.filter(fate="open").count()) == (100, 100)
    assert set(Run.objects.values_list("selected", flat=True)) == {4}
    assert set(Run.objects.values_list("cost_provenance", flat=True)) == {"reported"}
    assert set(Run.objects.values_list("model_names__0", flat=True)) == {"gpt-4"}
    assert seconds < SECONDS_FOR_SEARCHES
    assert_what_was_right_is_a_candidate_with_a_verdict_that_saw_no_reference()
    assert_a_value_is_within_its_scale_and_the_best_is_on_the_path()


def assert_what_was_right_is_a_candidate_with_a_verdict_that_saw_no_reference() -> None:
    right = Candidate.objects.filter(correct=True)
    assert Candidate.objects.count() == 500
    assert Verdict.objects.filter(outcome="accept").count() == right.count()
    assert not Verdict.objects.filter(saw_reference=True).exists()


def assert_a_value_is_within_its_scale_and_the_best_is_on_the_path() -> None:
    scored = Node.objects.exclude(value=None)
    assert scored.count() == 8_397
    assert set(scored.values_list("value_min", "value_max")) == {(0.0, 60.0)}
    assert not scored.filter(value__gt=60).exists()
    pruned = Node.objects.filter(fate_reason="pruned_low_value")
    assert all(value <= cutoff for value, cutoff in pruned.values_list("fate_value", "fate_cutoff"))


@pytest.mark.skipif(
    not BODIES.is_dir(), reason="the recorded bodies are not here (../shared/corpus)"
)
def test_every_recorded_body_of_every_client_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    make_project()
    monkeypatch.setattr(import_traces, "MAX_TOLD_SKIPS", 10_000)
    said = StringIO()
    call_command("import_traces", str(BODIES), stdout=StringIO(), stderr=said)
    passed_over = [line for line in said.getvalue().splitlines() if ".body: " in line]
    metrics = [
        path for path in BODIES.glob("*/*.headers.json") if '"/v1/metrics"' in path.read_text()
    ]
    assert len(passed_over) == len(metrics)
    assert all("holds neither spans nor log records" in line for line in passed_over)
    assert Run.objects.filter(trace_id__startswith="untraced:").count() <= 20
    assert not Run.objects.filter(nodes=0).exists()
