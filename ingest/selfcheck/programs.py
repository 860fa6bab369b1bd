"""Programs that were written and tested: CodeT's samples, Reflexion's own tests, solutions of school mathematics."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import mean

from ingest.selfcheck.heard import Heard
from ingest.selfcheck.samples import Figures, by_k, count_right, coverage_figures
from traces.analytics.best_of_n import mean_best_of_n
from traces.analytics.confusion import count_confusion
from traces.analytics.dual_agreement import Behaved, dual_agreement
from traces.analytics.separation import auc
from traces.analytics.undefined import is_known, mean_of

NS = (1, 2, 4, 8, 16, 32, 64, 100)


def codet_figures(runs: Sequence[Heard]) -> Figures:
    """Return what comes out of a hundred programs for each of 164 tasks, judged by tests that a model wrote."""
    tasks = count_right(runs)
    behaved = [_behaviour(each) for each in runs]
    scored = [[(float(each.checks_passed), each.is_right) for each in run] for run in behaved]
    clusters = [_largest(run) for run in behaved]
    return {
        "tasks": len(runs),
        "samples": sum(of for of, _ in tasks),
        "correct": sum(right for _, right in tasks),
        **coverage_figures(tasks, 100),
        **by_k("best_of_N_by_noisy_tests", NS, lambda n: mean_best_of_n(scored, n)),
        "dual_agreement_pass1": mean_of(map(dual_agreement, behaved)),
        "cluster_conf_mean": mean(share for share, _ in clusters),
        "cluster_acc": mean(right for _, right in clusters),
        "mean_task_auc": mean(area for run in scored if is_known(area := auc(run))),
    }


def _behaviour(heard: Heard) -> list[Behaved]:
    passed = {each["node_id"]: each["checks_passed"] for each in heard.verdicts}
    return [
        Behaved(
            cluster=told.cluster,
            checks_passed=passed.get(told.node_id) or 0,
            is_right=bool(told.correct),
        )
        for told in heard.candidates
    ]


def _largest(samples: Sequence[Behaved]) -> tuple[float, float]:
    """Return the share of the behaviour that most samples have, and how many of these are right."""
    sizes = Counter(each.cluster for each in samples if each.cluster is not None)
    best, size = sizes.most_common(1)[0] if sizes else (None, 1)
    return size / len(samples), mean(each.is_right for each in samples if each.cluster == best)


def reflexion_figures(runs: Sequence[Heard]) -> Figures:
    """Return how self-written tests judged the programs that were returned."""
    right = [_returned_right(each) for each in runs]
    judged = [
        (verdict["outcome"] == "accept", is_right)
        for each, is_right in zip(runs, right, strict=True)
        for verdict in each.verdicts
        if verdict["node_id"] == each.run.selected_node
    ]
    found = count_confusion(judged)
    rejected = count_confusion((not accepted, is_right) for accepted, is_right in judged)
    return {
        "n": len(runs),
        "solved": sum(right),
        "acc": mean(right),
        "tp": found.true_accepts,
        "fp": found.false_accepts,
        "fn": found.false_rejects,
        "tn": found.true_rejects,
        "paper_TP": found.precision,
        "paper_FP": found.false_discovery_rate,
        "paper_FN": rejected.precision,
        "paper_TN": rejected.false_discovery_rate,
        "precision": found.precision,
        "recall": found.recall,
        "false_accept_rate_FPR": found.false_accept_rate,
        "false_reject_rate": found.false_reject_rate,
        "attempts": sum(len(each.verdicts) for each in runs),
        **_by_reflections(runs, right),
    }


def one_attempt_figures(runs: Sequence[Heard]) -> Figures:
    """Return how often the first program was right, without reflection."""
    solved = sum(bool(told.correct) for each in runs for told in each.candidates)
    return {"n": len(runs), "solved": solved, "acc": solved / len(runs)}


def _returned_right(heard: Heard) -> bool:
    returned = heard.run.selected_node
    return any(told.correct for told in heard.candidates if told.node_id == returned)


def _by_reflections(runs: Sequence[Heard], right: Sequence[bool]) -> Figures:
    found: defaultdict[int, list[bool]] = defaultdict(list)
    for each, is_right in zip(runs, right, strict=True):
        found[sum(node.kind == "critique" for node in each.nodes)].append(is_right)
    return {
        f"acc_by_reflections.{number}": [sum(rights), len(rights)]
        for number, rights in sorted(found.items())
    }


def gsm8k_figures(runs: Sequence[Heard]) -> Figures:
    """Return of each model how many of its solutions are right, of how many, and the share."""
    models: defaultdict[str, list[bool]] = defaultdict(list)
    for each in runs:
        models[each.run.model_names[0]].append(any(told.correct for told in each.candidates))
    return {name: [sum(right), len(right), round(mean(right), 4)] for name, right in models.items()}
