"""In which order candidates are listed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.db.models import F

from traces.models import Verdict
from traces.queries.candidates import CandidateRow, CandidateTable
from traces.queries.columns import Tree

GRADES = ("reject", "error", "timeout", "unsure", "accept")
"""Outcomes, the best last."""


class CandidateOrder(StrEnum):
    """How candidates are listed: the best first, of equals the one proposed first. What is unknown comes last."""

    PROPOSED = "proposed"
    """As their nodes came."""
    VOTES = "votes"
    """By the votes of the cluster, the most first; candidates of one cluster stand together."""
    VALUE = "value"
    """By the search's number, the greatest first."""
    RANK = "rank"
    """By rank, the first first."""
    COST = "cost"
    """By what the branch cost, the dearest first."""
    VERDICT = "verdict"
    """By what one verifier said: accepted first, and of these the greatest score."""


Key = Callable[[CandidateRow], Any]


def in_order(
    table: CandidateTable, order: CandidateOrder, tree: Tree, verifier: str | None = None
) -> list[CandidateRow]:
    """Return the candidates in an order; `verifier` is asked for by `VERDICT` alone."""
    if order is CandidateOrder.PROPOSED:
        return list(table.candidates)
    key = _key(table, order, tree, verifier)
    valued = [(key(each), each) for each in table.candidates]
    known = sorted((pair for pair in valued if pair[0] is not None), key=lambda pair: pair[0])
    return [each for _, each in known] + [each for value, each in valued if value is None]


def _key(table: CandidateTable, order: CandidateOrder, tree: Tree, verifier: str | None) -> Key:
    if order is CandidateOrder.VOTES:
        return _by_votes(table)
    if order is CandidateOrder.VALUE:
        return lambda each: None if each.value is None else -each.value
    if order is CandidateOrder.RANK:
        return lambda each: each.rank
    if order is CandidateOrder.COST:
        return lambda each: _less_cost(tree, each.node_id)
    said = _said(tree.run_id, verifier)
    return lambda each: said.get(each.node_id)


def _by_votes(table: CandidateTable) -> Key:
    # Of two clusters of one size, the one that was proposed first comes first, whole.
    first: dict[str, int] = {}
    for at, each in enumerate(table.candidates):
        first.setdefault(each.label or "", at)

    def key(each: CandidateRow) -> tuple[int, int] | None:
        votes = table.votes_of(each)
        return None if votes is None else (-votes, first[each.label or ""])

    return key


def _less_cost(tree: Tree, node_id: str) -> Any:
    row = tree.row_by_node.get(node_id)
    cost = None if row is None else tree.sums("cost").of(row)
    return None if cost is None else -cost


def _said(run_id: uuid.UUID, verifier: str | None) -> dict[str, tuple[int, float]]:
    latest = Verdict.objects.filter(run_id=run_id, verifier=verifier or "").order_by(
        F("given_ns").asc(nulls_first=True), "outcome", "seq"
    )
    return {
        node_id: (-GRADES.index(outcome), -score if score is not None else 0.0)
        for node_id, outcome, score in latest.values_list("node_id", "outcome", "score")
    }
