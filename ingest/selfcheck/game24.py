"""The Game of 24, from the logs of Tree of Thoughts: samples, searches, and what the search threw away."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import mean, median
from typing import Any

from deliberation.events import NodeObserved
from ingest.selfcheck.heard import Heard
from ingest.selfcheck.samples import (
    Figures,
    Samples,
    by_k,
    count_right,
    coverage_figures,
    first_majority,
)
from traces.analytics.calibration import brier_score, calibration_error
from traces.analytics.confusion import count_confusion
from traces.analytics.inequality import gini
from traces.analytics.normalisers import Normaliser, normalise
from traces.analytics.separation import auc
from traces.analytics.undefined import mean_of
from traces.analytics.votes import maj_at_k

NUMBER = re.compile(r"\d+")
MAX_EXPRESSION_CHARS = 200
LAST_LEVEL = 4
DRAWN = (1, 5, 10, 20, 50)


def sample_figures(runs: Sequence[Heard]) -> Figures:
    """Return what comes out of a hundred samples for each of a hundred puzzles."""
    tasks = count_right(runs)
    answers: list[Samples] = [
        [(told.cluster, bool(told.correct)) for told in each.candidates] for each in runs
    ]
    stripped: list[Samples] = [
        [
            (normalise(told.normalised, Normaliser.EXPRESSION), bool(told.correct))
            for told in each.candidates
        ]
        for each in runs
    ]
    voted = [first_majority(samples) for samples in answers]
    return {
        "cases": len(runs),
        "samples": sum(of for of, _ in tasks),
        "correct": sum(right for _, right in tasks),
        **coverage_figures(tasks, 100),
        "maj_at_100": mean(right for _, right in voted),
        "maj_at_100_without_blanks_and_24": mean(first_majority(each)[1] for each in stripped),
        **by_k(
            "maj_at_k_mc200_seed0",
            DRAWN,
            lambda k: mean_of(maj_at_k(samples, k) for samples in answers),
        ),
        "mean_vote_share": mean(share for share, _ in voted),
        "ece10": calibration_error(voted),
        "brier": brier_score(voted),
        "counter_resets": len({w for each in runs for w in each.warnings if "restart" in w}),
        **_spent(runs),
    }


def search_figures(runs: Sequence[Heard]) -> Figures:
    """Return what comes out of a hundred searches."""
    nodes = [node for each in runs for node in each.nodes]
    fates = Counter((node.fate, node.fate_reason) for node in nodes)
    depths = Counter(node.depth for node in nodes)
    solved = [any(told.correct for told in each.candidates) for each in runs]
    costs = [float(each.run.cost or 0) for each in runs]
    paid, wasted = (
        [cost for cost, hit in zip(costs, solved, strict=True) if hit is wanted]
        for wanted in (True, False)
    )
    return {
        "cases": len(runs),
        "success_any": mean(solved),
        "success_top1": mean(_is_first_right(each) for each in runs),
        "outputs_correct": sum(bool(told.correct) for each in runs for told in each.candidates),
        "nodes_incl_root": len(nodes),
        "generated_per_step": [depths[level] for level in range(1, LAST_LEVEL + 1)],
        "fate.kept_in_beam_not_returned": fates["kept", None],
        "fate.returned_path": fates["selected", None],
        "fate.pruned_low_value": fates["discarded", "pruned_low_value"],
        "fate.duplicate": fates["discarded", "duplicate"],
        "discarded_node_ratio": 1 - fates["selected", None] / (len(nodes) - len(runs)),
        "discarded_char_ratio": 1 - _characters(runs, {"selected"}) / _characters(runs, None),
        **_spent(runs),
        "prompt_tokens_case.mean": mean(each.run.input_tokens or 0 for each in runs),
        "cost_case.mean": mean(costs),
        "cost_case.median": median(costs),
        "cost_case.max": max(costs),
        "gini_cost": gini(costs),
        "cost_solved": sum(paid),
        "cost_unsolved": sum(wasted),
        "mean_cost_solved": mean(paid),
        "mean_cost_unsolved": mean(wasted),
        "auc_cost_predicts_success": auc(zip(costs, solved, strict=True)),
        **_leaf_figures(runs),
    }


def _is_first_right(heard: Heard) -> bool:
    returned = heard.run.selected_node
    return any(told.correct for told in heard.candidates if told.node_id == returned)


def _spent(runs: Sequence[Heard]) -> Figures:
    return {
        "prompt_tokens": sum(each.run.input_tokens or 0 for each in runs),
        "completion_tokens": sum(each.run.output_tokens or 0 for each in runs),
        "cost": sum(each.run.cost or 0 for each in runs),
    }


def _characters(runs: Iterable[Heard], fates: set[str] | None) -> int:
    """Return how many characters states of these fates added, a line and its end each."""
    found = 0
    for each in runs:
        fate = {node.node_id: node.fate for node in each.nodes}
        for event in each.events:
            if isinstance(event, NodeObserved) and event.text is not None:
                is_counted = fates is None or fate[event.node] in fates
                found += len(event.text) + 1 if is_counted else 0
    return found


def _leaf_figures(runs: Iterable[Heard]) -> Figures:
    """Return how well the search's own values tell right leaves from wrong ones, also those that were pruned."""
    leaves = [
        (node.value, solves(_last_line(node.preview or ""), each.run.task or ""))
        for each in runs
        for node in each.nodes
        if node.depth == LAST_LEVEL and node.value is not None
    ]
    found: Figures = {"leaf_value_auc": auc(leaves)}
    for bound in (20, 60):
        counts = count_confusion((value >= bound, right) for value, right in leaves)
        rates = {
            "tp": counts.true_accepts,
            "fp": counts.false_accepts,
            "fn": counts.false_rejects,
            "tn": counts.true_rejects,
            "precision": counts.precision,
            "recall": counts.recall,
            "false_accept_rate": counts.false_accept_rate,
            "false_discovery": counts.false_discovery_rate,
        }
        found |= {f"leaf_value>={bound}.{name}": value for name, value in rates.items()}
    return found


def _last_line(text: str) -> str:
    return text.strip().split("\n")[-1]


def solves(answer: str, puzzle: str) -> bool:
    """Return True when an answer uses each number of the puzzle once, and comes to 24."""
    expression = answer.lower().replace("answer: ", "").partition("=")[0].strip()
    if sorted(NUMBER.findall(expression)) != sorted(NUMBER.findall(puzzle)):
        return False
    if len(expression) > MAX_EXPRESSION_CHARS:
        return False
    try:
        return _value(ast.parse(expression, mode="eval").body) == 24
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return False


def _value(node: Any) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                return left / right
    raise ValueError("no sum")
