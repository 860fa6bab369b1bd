"""What the candidates of a run were scored, by whom, and what each cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from traces.models import Run, Verdict
from traces.queries.candidates import CandidateRow
from traces.queries.columns import read_tree

OWN_VALUE = "own:value"
OWN_WEIGHT = "own:weight"
"""Scores that stand on the candidates themselves, beside the names of verifiers."""


def read_scores(run: Run, rows: Sequence[CandidateRow]) -> dict[str, list[float]]:
    """Return where scores come from → one for each candidate; only what scored all of them."""
    told: defaultdict[str, dict[str, float]] = defaultdict(dict)
    given = Verdict.objects.filter(run_id=run.pk, score__isnull=False).order_by("seq")
    for verifier, node, score in given.values_list("verifier", "node_id", "score"):
        if score is not None:
            told[verifier][node] = score
    own = {OWN_VALUE: [row.value for row in rows], OWN_WEIGHT: [row.weight for row in rows]}
    for name, scores in own.items():
        pairs = zip(rows, scores, strict=True)
        told[name] = {row.node_id: score for row, score in pairs if score is not None}
    return {
        name: [by_node[row.node_id] for row in rows]
        for name, by_node in told.items()
        if rows and all(row.node_id in by_node for row in rows)
    }


def read_costs(run: Run, rows: Sequence[CandidateRow]) -> list[Decimal] | None:
    """Return what each candidate cost with all under it, in dollars; None unless each has a cost of its own."""
    tree = read_tree(run)
    found = [
        tree.sums("cost").of(tree.row_by_node[row.node_id])
        for row in rows
        if row.node_id in tree.row_by_node
    ]
    known = [each for each in found if each is not None]
    return known if known and len(known) == len(rows) else None


def usual_threshold(run: Run, verifier: str, scores: Sequence[float]) -> float:
    """Return what the verifier called enough; else the middle between its least and greatest score."""
    stated = Verdict.objects.filter(run_id=run.pk, verifier=verifier, threshold__isnull=False)
    found = stated.order_by("seq").values_list("threshold", flat=True).first()
    return found if found is not None else (min(scores) + max(scores)) / 2
