"""The published numbers come out of the public logs, through the tables."""

from __future__ import annotations

import time
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

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


def totals() -> tuple[int, int, Decimal]:
    sums = Run.objects.aggregate(Sum("input_tokens"), Sum("output_tokens"), Sum("cost"))
    return sums["input_tokens__sum"], sums["output_tokens__sum"], sums["cost__sum"]


def test_a_hundred_searches_of_game_24() -> None:
    seconds = read("tot_bfs_b5.json")
    assert Run.objects.count() == 100
    assert Node.objects.count() == 8_512
    depths = Node.objects.values_list("depth").annotate(count=Count("node_id"))
    assert dict(depths) == {0: 100, 1: 947, 2: 3_179, 3: 2_046, 4: 2_240}
    fates = Node.objects.values_list("fate", "fate_reason").annotate(count=Count("node_id"))
    assert {(fate, reason): count for fate, reason, count in fates} == {
        ("open", None): 100,
        ("selected", None): 400,
        ("kept", None): 1_599,
        ("discarded", "pruned_low_value"): 6_398,
        ("discarded", "duplicate"): 15,
    }
    assert set(Run.objects.values_list("selected", flat=True)) == {4}
    assert totals() == (1_387_936, 547_859, Decimal("74.50962"))
    assert set(Run.objects.values_list("cost_provenance", flat=True)) == {"reported"}
    assert set(Run.objects.values_list("model_names__0", flat=True)) == {"gpt-4"}
    assert seconds < SECONDS_FOR_SEARCHES


def test_how_often_the_searches_were_right() -> None:
    read("tot_bfs_b5.json")
    right = Candidate.objects.filter(correct=True)
    assert (Candidate.objects.count(), right.count()) == (500, 119)
    assert right.values("run_id").distinct().count() == 69
    returned = dict(Run.objects.values_list("pk", "selected_node"))
    assert sum(returned[run] == node for run, node in right.values_list("run_id", "node_id")) == 62
    assert Verdict.objects.filter(outcome="accept").count() == 119
    assert not Verdict.objects.filter(saw_reference=True).exists()


def test_a_value_is_within_its_scale_and_the_best_is_on_the_path() -> None:
    read("tot_bfs_b5.json")
    scored = Node.objects.exclude(value=None)
    assert scored.count() == 8_397
    assert set(scored.values_list("value_min", "value_max")) == {(0.0, 60.0)}
    assert not scored.filter(value__gt=60).exists()
    pruned = Node.objects.filter(fate_reason="pruned_low_value")
    assert all(value <= cutoff for value, cutoff in pruned.values_list("fate_value", "fate_cutoff"))


@pytest.mark.parametrize(
    ("name", "correct", "majority", "spent"),
    [
        ("cot_100.json", 403, 9, (218_500, 674_862, Decimal("47.04672"))),
        ("io_100.json", 734, 9, (100_000, 180_008, Decimal("13.80048"))),
    ],
)
def test_a_hundred_samples_of_a_hundred_puzzles(
    name: str, correct: int, majority: int, spent: tuple[int, int, Decimal]
) -> None:
    read(name)
    assert (Run.objects.count(), Candidate.objects.count()) == (100, 10_000)
    assert Candidate.objects.filter(correct=True).count() == correct
    assert totals() == spent
    assert majority_right() == majority


def majority_right() -> int:
    """How many runs' most frequent cluster is right; of equal ones the first seen counts, as published."""
    best: dict[object, tuple[int, bool]] = {}
    told = Candidate.objects.exclude(cluster=None).order_by("run_id", "seq")
    for run, votes, right in told.values_list("run_id", "votes", "correct"):
        if votes > best.get(run, (0, False))[0]:
            best[run] = (votes, right)
    return sum(right for _, right in best.values())


@pytest.mark.skipif(
    not BODIES.is_dir(), reason="the recorded bodies are not here (../shared/corpus)"
)
def test_every_recorded_body_of_every_client_is_imported() -> None:
    make_project()
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
