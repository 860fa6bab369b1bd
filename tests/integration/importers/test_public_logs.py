"""The published numbers come out of the public logs, through the tables."""

from __future__ import annotations

import time
from collections import defaultdict
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from tests.people import make_project
from traces.models import Candidate, Node, Run, Verdict

TREE = Path(__file__).resolve().parents[3]
LOGS = TREE.parent / "shared" / "data" / "tot_game24"
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
    assert round(majority_right(), 4) == majority


def majority_right() -> float:
    """The expected number of right answers of the most frequent cluster, ties broken at random."""
    clusters: defaultdict[object, dict[str, tuple[int, bool]]] = defaultdict(dict)
    told = Candidate.objects.values_list("run_id", "cluster", "votes", "correct")
    for run, cluster, votes, right in told.exclude(cluster=None):
        clusters[run][cluster] = (votes, right)
    total = 0.0
    for found in clusters.values():
        most = max(votes for votes, _ in found.values())
        tied = [right for votes, right in found.values() if votes == most]
        total += sum(tied) / len(tied)
    return total
