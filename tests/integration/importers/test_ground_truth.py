"""Every total of the public logs that the data model carries comes out of the stored rows.

The expected values are read from the file that comes with the logs, leaf by leaf: a test fails for a value that
differs, and for one that it neither computes nor says why not. What a test says beyond these totals stands in the
tests of the formats.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter, defaultdict
from decimal import Decimal
from statistics import mean, median
from typing import Any

import pytest
from django.db.models import Count, Q

from tests.integration.importers.ground_truth import (
    FILE,
    NOT_IN_TOT,
    Leaves,
    agree,
    by_k,
    judged_by,
    ks_of,
    pass_on_frontier,
    read,
    right_of_all,
    spent,
    truth,
)
from tests.integration.importers.read_back import assert_read_back
from traces.analytics.calibration import brier_score, calibration_error
from traces.analytics.confusion import count_confusion
from traces.analytics.coverage_law import coverage_law
from traces.analytics.dual_agreement import Behaved, dual_agreement
from traces.analytics.inequality import gini
from traces.analytics.pass_at_k import mean_pass_at_k, mean_pass_hat_k
from traces.analytics.separation import auc
from traces.analytics.undefined import is_known, mean_of
from traces.models import Candidate, Node, Run, Verdict
from traces.queries.ledger import read_entries_after

MANY = 100_000

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not FILE.is_file(), reason="the public logs are not beside this tree (../shared/data)"
    ),
]


@pytest.mark.parametrize("method", ["io", "cot"])
def test_samples_of_the_game_of_24(method: str) -> None:
    warnings = read(f"tot_game24/{method}_100.json")
    prefix = f"tot_game24.{method}"
    tasks = right_of_all()
    law = coverage_of(tasks)
    answers = answers_by_run()
    voted = [majority(samples) for samples in answers]
    told = [(votes / 100, right) for votes, right in voted]
    agree(
        prefix,
        {
            "cases": Run.objects.count(),
            "samples": Candidate.objects.count(),
            "correct": sum(right for _, right in tasks),
            **by_k("pass_at_k", ks_of(prefix, "pass_at_k"), lambda k: mean_pass_at_k(tasks, k)),
            "maj_at_100": mean(right for _, right in voted),
            **by_k(
                "maj_at_k_mc200_seed0",
                ks_of(prefix, "maj_at_k_mc200_seed0"),
                lambda k: drawn_majority(answers, k),
            ),
            "mean_vote_share": mean(share for share, _ in told),
            "ece10": calibration_error(told),
            "brier": brier_score(told),
            "counter_resets": len({each for each in warnings if "restart" in each}),
            **spent(),
            "powerlaw_logc.a": law[0],
            "powerlaw_logc.b": law[1],
        },
    )
    # The curves of both methods cross between five samples and ten.
    assert pass_on_frontier() == truth(f"{prefix}.pass_at_k")


def coverage_of(tasks: list[tuple[int, int]]) -> tuple[float, float]:
    curve = [mean_pass_at_k(tasks, k) for k in range(1, 101)]
    law = coverage_law([each for each in curve if is_known(each)])
    assert isinstance(law, tuple)
    return law


def answers_by_run() -> list[list[tuple[str, bool]]]:
    """The clusters of each run's samples in their order, and whether each is right."""
    runs: defaultdict[Any, list[tuple[str, bool]]] = defaultdict(list)
    rows = Candidate.objects.order_by("run_id", "seq")
    for run, cluster, right in rows.values_list("run_id", "cluster", "correct"):
        runs[run].append((cluster, right))
    return list(runs.values())


def majority(samples: list[tuple[str, bool]]) -> tuple[int, bool]:
    """The votes of the answer given most often, of equal ones the first, and whether it is right."""
    votes = Counter(cluster for cluster, _ in samples)
    best, count = votes.most_common(1)[0]
    return count, dict(samples)[best]


def drawn_majority(answers: list[list[tuple[str, bool]]], k: int) -> float:
    rng = random.Random(0)
    return mean(majority(rng.sample(samples, k))[1] for samples in answers for _ in range(200))


def test_searches_of_the_game_of_24() -> None:
    begun = time.process_time()
    read("tot_game24/tot_bfs_b5.json")
    assert time.process_time() - begun < 20  # of our CPU: 6 s on a machine that does nothing else
    assert_read_back(json.loads(FILE.read_text())["tot_game24"]["tot_b5"])
    fates = Counter(Node.objects.values_list("fate", "fate_reason"))
    depths = Counter(Node.objects.values_list("depth", flat=True))
    right = Candidate.objects.filter(correct=True)
    solved = set(right.values_list("run_id", flat=True))
    returned = dict(Run.objects.values_list("pk", "selected_node"))
    top = [run for run, node in right.values_list("run_id", "node_id") if returned[run] == node]
    costs = {pk: float(cost) for pk, cost in Run.objects.values_list("pk", "cost")}
    paid, wasted = (
        [c for run, c in costs.items() if (run in solved) is hit] for hit in (True, False)
    )
    agree(
        "tot_game24.tot_b5",
        {
            "cases": Run.objects.count(),
            "success_any": len(solved) / 100,
            "success_top1": len(top) / 100,
            "outputs_correct": right.count(),
            "nodes_incl_root": Node.objects.count(),
            "generated_per_step": [depths[level] for level in (1, 2, 3, 4)],
            "fate.kept_in_beam_not_returned": fates["kept", None],
            "fate.returned_path": fates["selected", None],
            "fate.pruned_low_value": fates["discarded", "pruned_low_value"],
            "fate.duplicate": fates["discarded", "duplicate"],
            "discarded_char_ratio": 1 - characters("selected") / characters(*FATES),
            "discarded_node_ratio": 1 - fates["selected", None] / (Node.objects.count() - 100),
            **spent(),
            "cost_case.mean": mean(costs.values()),
            "cost_case.median": median(costs.values()),
            "cost_case.max": max(costs.values()),
            "gini_cost": gini(costs.values()),
            "cost_solved": sum(paid),
            "cost_unsolved": sum(wasted),
            "mean_cost_solved": mean(paid),
            "mean_cost_unsolved": mean(wasted),
            "auc_cost_predicts_success": auc((cost, run in solved) for run, cost in costs.items()),
        },
        without=NOT_IN_TOT,
    )


FATES = ("selected", "kept", "discarded")


def characters(*fates: str) -> int:
    """The characters that nodes of these fates added, a line and its end each, from the ledgers."""
    found = 0
    for run in Run.objects.values_list("pk", flat=True):
        wanted = set(
            Node.objects.filter(run_id=run, fate__in=fates).values_list("node_id", flat=True)
        )
        for entry in read_entries_after(run, 0, MANY):
            text = entry.parts.get("text")
            if getattr(entry.event, "node", None) in wanted and text is not None:
                found += len(text.decode() + "\n")
    return found


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("humaneval_py", "humaneval_py_reflexion_gpt4.jsonl"),
        ("mbpp_py", "mbpp_py_reflexion_gpt4.jsonl"),
        ("mbpp_rs", "mbpp_rs_reflexion_gpt4.jsonl"),
    ],
)
def test_self_written_tests_of_reflexion(name: str, log: str) -> None:
    read(f"reflexion_verifier/{log}")
    returned = dict(Run.objects.values_list("pk", "selected_node"))
    rows = Candidate.objects.values_list("run_id", "node_id", "correct")
    right = {run: correct for run, node, correct in rows if returned[run] == node}
    judged = Verdict.objects.values_list("run_id", "node_id", "outcome")
    found = count_confusion(
        (outcome == "accept", right[run]) for run, node, outcome in judged if returned[run] == node
    )
    wrongs = found.false_rejects + found.true_rejects
    agree(
        f"reflexion.{name}",
        {
            "n": len(right),
            "solved": sum(right.values()),
            "acc": mean(right.values()),
            "tp": found.true_accepts,
            "fp": found.false_accepts,
            "fn": found.false_rejects,
            "tn": found.true_rejects,
            "paper_TP": found.precision,
            "paper_FP": found.false_discovery_rate,
            "paper_FN": found.false_rejects / wrongs,
            "paper_TN": found.true_rejects / wrongs,
            "precision": found.precision,
            "recall": found.recall,
            "false_accept_rate_FPR": found.false_accept_rate,
            "false_reject_rate": found.false_reject_rate,
            "attempts": Verdict.objects.count(),
            **by_reflections(right),
        },
    )


def by_reflections(right: dict[Any, bool]) -> Leaves:
    """How many runs reflected how often before they returned, and how many of these were right."""
    critiques = Counter(Node.objects.filter(kind="critique").values_list("run_id", flat=True))
    runs: defaultdict[int, list[bool]] = defaultdict(list)
    for run, is_right in right.items():
        runs[critiques[run]].append(is_right)
    return {
        f"acc_by_reflections.{number}": [sum(rights), len(rights)]
        for number, rights in runs.items()
    }


@pytest.mark.parametrize("name", ["mbpp_py", "mbpp_rs"])
def test_one_attempt_without_reflection(name: str) -> None:
    read(f"reflexion_verifier/{name}_simple_gpt4.jsonl")
    solved = Candidate.objects.filter(correct=True).count()
    agree(
        f"reflexion.{name}_simple",
        {"n": Run.objects.count(), "solved": solved, "acc": solved / Run.objects.count()},
    )


def test_the_airline_of_tau_bench() -> None:
    read("tau_bench_airline/gpt-4o-airline.json")
    tasks = dict(Run.objects.values_list("pk", "task"))
    accepted = {
        run
        for run, outcome in Verdict.objects.values_list("run_id", "outcome")
        if outcome == "accept"
    }
    right = Counter(dict.fromkeys(tasks.values(), 0))
    right.update(tasks[run] for run in accepted)
    told, costs = zip(*(messages_and_user_cost(run) for run in tasks), strict=True)
    messages = dict(zip(tasks, told, strict=True))
    passed, failed = (
        [n for run, n in messages.items() if (run in accepted) is hit] for hit in (True, False)
    )
    tools = Node.objects.filter(kind="tool_call")
    agree(
        "tau_airline",
        {
            "trajectories": len(tasks),
            "tasks": len(right),
            **by_k(
                "passhat",
                ["1", "2", "3", "4"],
                lambda k: mean_pass_hat_k([(4, c) for c in right.values()], k),
            ),
            **by_k(
                "pass_at",
                ["1", "2", "3", "4"],
                lambda k: mean_pass_at_k([(4, c) for c in right.values()], k),
            ),
            "messages": sum(messages.values()),
            "tool_calls": tools.count(),
            "tool_results": tools.filter(status__in=("ok", "error")).count(),
            "user_cost": float(sum(costs)),
            "transfers_to_human": tools.filter(tool="transfer_to_human_agents").count(),
            "mean_messages_success": mean(passed),
            "mean_messages_fail": mean(failed),
            "message_share_in_failed": sum(failed) / sum(messages.values()),
        },
    )


def messages_and_user_cost(run: Any) -> tuple[int, Decimal]:
    """How many messages a run's ledger holds, and what the simulated user cost."""
    said, cost = 0, Decimal(0)
    for entry in read_entries_after(run, 0, MANY):
        parts = {name: data for name, data in entry.parts.items() if data is not None}
        kind = getattr(entry.event, "node_kind", None)
        if kind == "model_call":
            said += sum(
                len(json.loads(parts[side])) for side in ("input", "output") if side in parts
            )
        if kind == "agent":
            root = json.loads(parts["attributes"])
            said += len(root.get("messages_after_the_last_call", []))
            cost += Decimal(str(root["info"]["user_cost"] or 0))
    return said, cost


def test_four_models_on_grade_school_mathematics() -> None:
    read("gsm8k_verifier/example_model_solutions.jsonl")
    solved = Candidate.objects.filter(correct=True).values("run_id")
    right = Count("pk", filter=Q(pk__in=solved))
    models = Run.objects.values_list("model_names__0").annotate(n=Count("pk"), c=right)
    agree("gsm8k", {model: [c, n, round(c / n, 4)] for model, n, c in models})
    assert_some_were_chosen_by_a_verifier()


def assert_some_were_chosen_by_a_verifier() -> None:
    strategies = Run.objects.values_list("strategy").annotate(count=Count("pk"))
    assert dict(strategies) == {"chain_of_thought": 2_638, "best_of_n": 2_638}
    assert set(Run.objects.values_list("nodes", flat=True)) == {1}


def test_a_hundred_programs_for_each_of_164_tasks() -> None:
    read("codet_humaneval/code_solution_codegen16B_n100.jsonl")
    prefix = "codet_humaneval"
    tasks = right_of_all()
    behaved = behaviour_by_run()
    judged = judged_by("generated tests")
    chosen = {point.n: point.chosen for point in judged.selection.curve.points}
    law = coverage_of(tasks)
    clusters = [largest_cluster(run) for run in behaved]
    agree(
        prefix,
        {
            "tasks": Run.objects.count(),
            "samples": Candidate.objects.count(),
            "correct": sum(right for _, right in tasks),
            **by_k("pass_at_k", ks_of(prefix, "pass_at_k"), lambda k: mean_pass_at_k(tasks, k)),
            **by_k(
                "best_of_N_by_noisy_tests",
                ks_of(prefix, "best_of_N_by_noisy_tests"),
                lambda n: chosen[n],
            ),
            "dual_agreement_pass1": mean_of(dual_agreement(run) for run in behaved),
            "cluster_conf_mean": mean(share for share, _ in clusters),
            "cluster_acc": mean(right for _, right in clusters),
            "mean_task_auc": judged.area.within,
            "powerlaw_logc.a": law[0],
            "powerlaw_logc.b": law[1],
        },
    )


def behaviour_by_run() -> list[list[Behaved]]:
    passed = {
        (run, node): checks
        for run, node, checks in Verdict.objects.values_list("run_id", "node_id", "checks_passed")
    }
    runs: defaultdict[Any, list[Behaved]] = defaultdict(list)
    rows = Candidate.objects.order_by("run_id", "seq")
    for run, node, cluster, right in rows.values_list("run_id", "node_id", "cluster", "correct"):
        runs[run].append(Behaved(cluster=cluster, checks_passed=passed[run, node], is_right=right))
    return list(runs.values())


def largest_cluster(samples: list[Behaved]) -> tuple[float, float]:
    """The share of the behaviour that most samples have, and how many of these are right."""
    sizes = Counter(each.cluster for each in samples if each.cluster is not None)
    best, size = sizes.most_common(1)[0] if sizes else (None, 1)
    inside = [each for each in samples if each.cluster == best]
    return size / len(samples), mean(each.is_right for each in inside)


def test_a_trajectory_of_swe_agent() -> None:
    read("swe_agent_traj/pydicom__pydicom-1458.traj")
    run = Run.objects.get()
    calls = Node.objects.filter(kind="model_call")
    agree(
        "swe_agent",
        {
            "steps": Node.objects.filter(kind="tool_call").count(),
            "total_cost": run.cost,
            "instance_cost": run.cost,
            "tokens_sent": run.input_tokens,
            "tokens_received": run.output_tokens,
            "api_calls": calls.count(),
            "exit": run.stop_reason,
        },
    )


def test_nothing_of_the_file_is_left_out() -> None:
    tested = {"tot_game24", "reflexion", "tau_airline", "gsm8k", "codet_humaneval", "swe_agent"}
    assert json.loads(FILE.read_text()).keys() == tested | {"aider"}, (
        "aider: test_aider_leaderboard.py"
    )
    assert json.loads(FILE.read_text())["tot_game24"].keys() == {"io", "cot", "tot_b5"}
    assert len(json.loads(FILE.read_text())["reflexion"]) == 5
