"""Agents and searches: tau-bench's airline, a trajectory of SWE-agent, LATS, and a leaderboard with effort tiers."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from statistics import mean
from typing import Any

from ingest.selfcheck.heard import Heard
from ingest.selfcheck.samples import Figures, by_k
from traces.analytics.pass_at_k import Counts, mean_pass_at_k, mean_pass_hat_k

TRIALS = (1, 2, 3, 4)
FIRST, SECOND = "exercise tests, first try", "exercise tests, second try"


def airline_figures(runs: Sequence[Heard]) -> Figures:
    """Return what comes out of fifty tasks, each tried four times with a simulated user."""
    accepted = [any(v["outcome"] == "accept" for v in each.verdicts) for each in runs]
    trials: defaultdict[str, list[bool]] = defaultdict(list)
    for each, passed in zip(runs, accepted, strict=True):
        trials[each.run.task].append(passed)
    tasks: list[Counts] = [(len(each), sum(each)) for each in trials.values()]
    messages, costs = zip(*map(_messages_and_user_cost, runs), strict=True)
    tools = [node for each in runs for node in each.nodes if node.kind == "tool_call"]
    by_outcome: dict[bool, list[int]] = {True: [], False: []}
    for count, passed in zip(messages, accepted, strict=True):
        by_outcome[passed].append(count)
    return {
        "trajectories": len(runs),
        "tasks": len(tasks),
        **by_k("passhat", TRIALS, lambda k: mean_pass_hat_k(tasks, k)),
        **by_k("pass_at", TRIALS, lambda k: mean_pass_at_k(tasks, k)),
        "messages": sum(messages),
        "tool_calls": len(tools),
        "tool_results": sum(node.status in {"ok", "error"} for node in tools),
        "user_cost": float(sum(costs)),
        "transfers_to_human": sum(node.tool == "transfer_to_human_agents" for node in tools),
        "mean_messages_success": mean(by_outcome[True]),
        "mean_messages_fail": mean(by_outcome[False]),
        "message_share_in_failed": sum(by_outcome[False]) / sum(messages),
    }


def _messages_and_user_cost(heard: Heard) -> tuple[int, Decimal]:
    said, cost = 0, Decimal(0)
    for event in heard.events:
        kind = getattr(event, "node_kind", None)
        if kind == "model_call":
            texts = (getattr(event, side, None) for side in ("input", "output"))
            said += sum(len(json.loads(text)) for text in texts if text)
        if kind == "agent":
            root = json.loads(getattr(event, "attributes", None) or "{}")
            said += len(root.get("messages_after_the_last_call", []))
            cost += Decimal(str(root["info"]["user_cost"] or 0))
    return said, cost


def trajectory_figures(runs: Sequence[Heard]) -> Figures:
    """Return what one trajectory of SWE-agent took."""
    (heard,) = runs
    kinds = Counter(node.kind for node in heard.nodes)
    return {
        "steps": kinds["tool_call"],
        "total_cost": heard.run.cost,
        "instance_cost": heard.run.cost,
        "tokens_sent": heard.run.input_tokens,
        "tokens_received": heard.run.output_tokens,
        "api_calls": kinds["model_call"],
        "exit": heard.run.stop_reason,
    }


def replay_figures(runs: Sequence[Heard]) -> Figures:
    """Return what a trajectory cost whose actions were played again: not nothing, but nobody knows what."""
    return {"replay_cost": sum(each.run.cost for each in runs if each.run.cost is not None) or None}


def leaderboard_figures(runs: Sequence[Heard]) -> Figures:
    """Return the rows of the leaderboard, and those that none beats both in cost and in score."""
    rows = [_row(each) for each in runs]
    paid = sorted((row for row in rows if row[3] is not None), key=lambda row: (row[3], -row[2]))
    best: list[list[Any]] = []
    for row in paid:
        if row[3] and (not best or row[2] > best[-1][2]):
            best.append([row[5], row[3], row[2]])
    return {
        "rows": len(rows),
        "rows_with_cost": len(paid),
        "pareto": best,
        "tiers.gpt-5": sorted(
            (row[:5] for row in rows if row[5].startswith("gpt-5 (")), key=lambda row: -row[2]
        ),
    }


def _row(heard: Heard) -> list[Any]:
    """Return effort, score at the first try and the second, cost, tokens, and the model's name."""
    scores = {each["verifier"]: each["score"] or 0.0 for each in heard.verdicts}
    cost = None if heard.run.cost is None else float(heard.run.cost)
    return [
        heard.run.effort,
        scores.get(FIRST, 0.0),
        scores.get(SECOND, 0.0),
        cost,
        heard.run.output_tokens,
        heard.run.model_names[0],
    ]


def lats_figures(runs: Sequence[Heard]) -> Figures:
    """Return how many searches a log holds, how many nodes they made, and how often a value was asked for."""
    kinds = Counter(node.kind for each in runs for node in each.nodes)
    return {
        "searches": len(runs),
        "new_nodes": kinds["expansion"] + kinds["rollout"],
        "value_prompts": kinds["critique"],
    }
