"""A strategy is inferred from counts, with the evidence in words; what no form shows stays unknown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.vocabulary import Strategy
from traces.analytics.signs import SIGNS, Signs, move_counts, signs_of, signs_on
from traces.analytics.strategy import infer_strategy


def node(**facts: Any) -> Any:
    usual = dict.fromkeys(
        ("value", "visits", "verdict", "cluster", "fate_reason", "fate_votes"), None
    )
    return SimpleNamespace(**{"kind": "step", "is_candidate": False, **usual, **facts})


def names(signs: int) -> set[str]:
    return {name for place, name in enumerate(SIGNS) if signs >> place & 1}


CASES: list[tuple[dict[str, Any], Strategy, str]] = [
    ({"model_calls": 1}, Strategy.CHAIN_OF_THOUGHT, "one model call"),
    (
        {"model_calls": 1, "sample": 8},
        Strategy.SELF_CONSISTENCY,
        "8 samples of one call, no scores",
    ),
    (
        {"model_calls": 8, "sample": 8, "scored": 8},
        Strategy.BEST_OF_N,
        "8 samples of 8 calls, 8 of them scored or judged",
    ),
    (
        {"sample": 5, "scored": 5, "voted": 2},
        Strategy.SELF_CONSISTENCY,
        "5 samples, votes are counted for 2 of them",
    ),
    (
        {"sample": 4, "grouped": 4},
        Strategy.SELF_CONSISTENCY,
        "4 samples, 4 of them in groups of equal answers",
    ),
    (
        {"candidates": 3, "rule": "first accepted", "grouped": 3},
        Strategy.BEST_OF_N,
        "3 candidates, chosen by “first accepted”",
    ),
    (
        {"sample": 3, "scored": 3, "rule": "Weighted vote"},
        Strategy.WEIGHTED_BEST_OF_N,
        "3 samples, chosen by “Weighted vote”",
    ),
    (
        {"model_calls": 3, "tool_calls": 2},
        Strategy.AGENT,
        "2 tool calls and 3 model calls",
    ),
    (
        {"model_calls": 1, "tool_calls": 1, "agent": 1},
        Strategy.AGENT,
        "1 tool call and 1 model call under 1 agent",
    ),
    (
        {"proposal": 1, "critique": 2, "revision": 2, "model_calls": 5, "candidates": 3},
        Strategy.REFLEXION,
        "2 critiques and 2 revisions",
    ),
    ({"agent": 3, "critique": 6}, Strategy.DEBATE, "6 critiques between 3 agents"),
    (
        {"expansion": 40, "valued": 40, "kept": 5, "pruned": 30, "candidates": 5},
        Strategy.BEAM,
        "40 expansions, 5 kept and 30 cut for their value",
    ),
    (
        {"expansion": 9, "valued": 9},
        Strategy.TOT_BFS,
        "9 expansions, values on 9 nodes",
    ),
    (
        {"expansion": 9, "dead_end": 3},
        Strategy.TOT_DFS,
        "9 expansions, 3 of them dead ends",
    ),
    (
        {"expansion": 9, "rollout": 3, "valued": 9},
        Strategy.LOOKAHEAD,
        "9 expansions and 3 rollouts",
    ),
    (
        {"expansion": 9, "rollout": 3, "visited": 9, "tool_calls": 4, "model_calls": 30},
        Strategy.MCTS,
        "visits are counted on 9 nodes",
    ),
    ({"latent": 2}, Strategy.LATENT, "2 nodes of computation without text"),
    (
        {"sample": 3, "scored": 3, "tool_calls": 2, "model_calls": 4, "agent": 1},
        Strategy.MIXED,
        "3 samples of 4 calls, 3 of them scored or judged; 2 tool calls and 4 model calls under 1 agent",
    ),
    ({}, Strategy.UNKNOWN, "no call of a model or a tool is recorded"),
    (
        {"model_calls": 3},
        Strategy.UNKNOWN,
        "3 model calls, and nothing that tells how they belong together",
    ),
    (
        {"model_calls": 1, "tool_calls": 1},
        Strategy.UNKNOWN,
        "1 model call and 1 tool call, and nothing that tells how they belong together",
    ),
]


@pytest.mark.parametrize(("signs", "strategy", "evidence"), CASES)
def test_it_works(signs: dict[str, Any], strategy: Strategy, evidence: str) -> None:
    inferred = infer_strategy(Signs(**signs))
    assert (inferred.strategy, inferred.evidence) == (strategy, evidence)


def test_a_node_bears_its_kind_and_what_the_search_did_with_it() -> None:
    state = node(kind="expansion", value=0.5, visits=3, fate_reason="pruned_low_value")
    assert names(signs_on(state)) == {"expansion", "valued", "visited", "pruned"}
    assert names(signs_on(node(kind="sample", verdict="accept"))) == {"sample", "scored"}
    voted = node(is_candidate=True, cluster="42", fate_reason="outvoted")
    assert names(signs_on(voted)) == {"grouped", "voted"}


def test_a_verdict_on_what_was_no_attempt_tells_nothing_of_the_strategy() -> None:
    guarded = node(kind="agent", verdict="reject", fate_reason="verifier_rejected")
    assert names(signs_on(guarded)) == {"agent"}


bits = st.integers(0, 2 ** len(SIGNS) - 1)


@given(st.lists(st.tuples(bits, bits), max_size=9))
def test_counts_moved_by_differences_are_what_counting_gives(nodes: list[tuple[int, int]]) -> None:
    counts: list[int] = []
    for before, after in nodes:
        counts = move_counts(move_counts(counts, 0, before), before, after)
    whole = [sum(after >> place & 1 for _, after in nodes) for place in range(len(SIGNS))]
    assert (counts or whole) == whole


def test_counts_are_read_in_the_order_of_the_signs() -> None:
    assert Signs._fields[: len(SIGNS)] == SIGNS


def test_a_row_whose_counts_are_from_before_a_sign_was_known_is_read() -> None:
    row = SimpleNamespace(signs=[2], model_calls=1, tool_calls=0, candidates=0, kept=0, rule=None)
    assert signs_of(row) == Signs(sample=2, model_calls=1)
