"""The published numbers of samples with verdicts come out of the public logs, from stored rows."""

from __future__ import annotations

import json
from collections import defaultdict
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count, Q

from deliberation.vocabulary import EdgeKind
from tests.people import make_project
from traces.analytics.best_of_n import Scored, mean_best_of_n
from traces.analytics.confusion import Confusion, count_confusion
from traces.analytics.dual_agreement import Behaved, dual_agreement
from traces.analytics.pass_at_k import mean_pass_at_k
from traces.models import Candidate, Edge, Node, Run, Verdict

TREE = Path(__file__).resolve().parents[3]
DATA = TREE.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public logs are not beside this tree (../shared/data)"
)


def published() -> Any:
    return json.loads((DATA / "GROUND_TRUTH.json").read_text())


def read(*names: str) -> None:
    make_project()
    paths = [str(DATA / name) for name in names]
    call_command("import_traces", *paths, stdout=StringIO(), stderr=StringIO())


def confusion_of_returned() -> Confusion:
    """The self-written tests' verdicts on what was returned, against the hidden tests."""
    returned = dict(Run.objects.values_list("pk", "selected_node"))
    right = {
        (run, node): correct
        for run, node, correct in Candidate.objects.values_list("run_id", "node_id", "correct")
    }
    verdicts = Verdict.objects.filter(verifier="self-written tests")
    judged = verdicts.values_list("run_id", "node_id", "outcome")
    return count_confusion(
        (outcome == "accept", right[run, node])
        for run, node, outcome in judged
        if returned[run] == node
    )


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("humaneval_py", "humaneval_py_reflexion_gpt4.jsonl"),
        ("mbpp_py", "mbpp_py_reflexion_gpt4.jsonl"),
        ("mbpp_rs", "mbpp_rs_reflexion_gpt4.jsonl"),
    ],
)
def test_how_far_self_written_tests_can_be_trusted(name: str, log: str) -> None:
    read(f"reflexion_verifier/{log}")
    truth = published()["reflexion"][name]
    found = confusion_of_returned()
    assert found == Confusion(truth["tp"], truth["fp"], truth["fn"], truth["tn"])
    assert found.precision == pytest.approx(truth["precision"], abs=5e-5)
    assert found.recall == pytest.approx(truth["recall"], abs=5e-5)
    assert found.false_accept_rate == pytest.approx(truth["false_accept_rate_FPR"], abs=5e-5)
    assert found.false_reject_rate == pytest.approx(truth["false_reject_rate"], abs=5e-5)
    assert found.false_discovery_rate == pytest.approx(truth["paper_FP"], abs=0.005)
    assert Run.objects.filter(strategy="reflexion").count() == truth["n"]
    assert Candidate.objects.filter(correct=True).count() == truth["solved"]
    attempts = Node.objects.filter(kind__in=["proposal", "revision"]).count()
    assert attempts == Verdict.objects.count() == truth["attempts"]
    critiques = Node.objects.filter(kind="critique").count()
    revisions = Edge.objects.filter(kind=EdgeKind.REVISES.value).count()
    assert critiques == revisions == attempts - truth["n"]
    assert Node.objects.filter(fate_reason="verifier_rejected").count() == revisions


def test_one_attempt_without_reflection_is_another_strategy() -> None:
    read(
        "reflexion_verifier/mbpp_py_simple_gpt4.jsonl",
        "reflexion_verifier/mbpp_rs_simple_gpt4.jsonl",
    )
    right = Candidate.objects.filter(correct=True).count()
    truth = published()["reflexion"]
    simple = [truth["mbpp_py_simple"], truth["mbpp_rs_simple"]]
    assert right == sum(each["solved"] for each in simple)
    assert Run.objects.count() == sum(each["n"] for each in simple)
    assert set(Run.objects.values_list("strategy", flat=True)) == {"chain_of_thought"}
    assert not Verdict.objects.exists()


def test_a_hundred_programs_for_each_of_164_tasks() -> None:
    read("codet_humaneval/code_solution_codegen16B_n100.jsonl")
    truth = published()["codet_humaneval"]
    assert (Run.objects.count(), Candidate.objects.count()) == (truth["tasks"], truth["samples"])
    right = Count("node_id", filter=Q(correct=True))
    tasks = Candidate.objects.values("run_id").annotate(n=Count("node_id"), c=right)
    counts = list(tasks.values_list("n", "c"))
    assert sum(correct for _, correct in counts) == truth["correct"]
    for k, expected in truth["pass_at_k"].items():
        assert mean_pass_at_k(counts, int(k)) == pytest.approx(expected, abs=5e-5)
    behaved = behaviour_by_run()
    scored: list[list[Scored]] = [
        [(float(each.checks_passed), each.is_right) for each in samples] for samples in behaved
    ]
    for n, expected in truth["best_of_N_by_noisy_tests"].items():
        assert mean_best_of_n(scored, int(n)) == pytest.approx(expected, abs=5e-5)
    agreed = [dual_agreement(samples) or 0.0 for samples in behaved]
    assert sum(agreed) / len(agreed) == pytest.approx(truth["dual_agreement_pass1"], abs=5e-5)


def behaviour_by_run() -> list[list[Behaved]]:
    """The samples of each run, from their candidates and verdicts."""
    passed = {
        (run, node): checks
        for run, node, checks in Verdict.objects.values_list("run_id", "node_id", "checks_passed")
    }
    runs: defaultdict[object, list[Behaved]] = defaultdict(list)
    rows = Candidate.objects.values_list("run_id", "node_id", "cluster", "correct")
    for run, node, cluster, correct in rows:
        one = Behaved(cluster=cluster, checks_passed=passed[run, node], is_right=correct)
        runs[run].append(one)
    return list(runs.values())


def test_four_models_on_grade_school_mathematics() -> None:
    read("gsm8k_verifier/example_model_solutions.jsonl")
    right = Count("pk", filter=Q(pk__in=Candidate.objects.filter(correct=True).values("run_id")))
    models = Run.objects.values_list("model_names__0").annotate(n=Count("pk"), c=right)
    assert {model: [c, n, round(c / n, 4)] for model, n, c in models} == published()["gsm8k"]
    strategies = Run.objects.values_list("strategy").annotate(count=Count("pk"))
    assert dict(strategies) == {"chain_of_thought": 2_638, "best_of_n": 2_638}
    assert set(Run.objects.values_list("nodes", flat=True)) == {1}


def test_a_rebuild_gives_the_same_rows() -> None:
    read("reflexion_verifier/humaneval_py_reflexion_gpt4.jsonl")
    before = all_rows()
    call_command("rebuild", stdout=StringIO(), stderr=StringIO())
    assert all_rows() == before


def all_rows() -> list[dict[str, Any]]:
    tables = (Node, Candidate, Verdict, Edge)
    return [row for table in tables for row in table.objects.order_by("pk").values()]
