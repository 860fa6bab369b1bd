"""How many nodes of each level came by which verdict to which fate."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

from traces.queries.access import Who, see_run
from traces.queries.columns import read_tree

LEVELS_APART = 12
"""Levels that stand for themselves; what is deeper stands together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Nodes of one level with the same latest verdict and the same fate.

    `verdict` is None where nobody judged them. The level `LEVELS_APART` stands for all from there on.
    """

    depth: int
    verdict: str | None
    fate: str
    nodes: int


def list_flows(*, who: Who, run_id: str | uuid.UUID) -> list[Flow]:
    """Return the flows of a run: each node counts in one of them. By level, verdict and fate. Raises NotVisible."""
    tree = read_tree(see_run(who, run_id))
    columns = tree.columns
    counted = Counter(
        zip(
            (min(depth, LEVELS_APART) for depth in tree.shape.depth),
            columns.verdict,
            columns.fate,
            strict=True,
        )
    )
    return [
        Flow(depth=depth, verdict=verdict, fate=fate, nodes=nodes)
        for (depth, verdict, fate), nodes in sorted(
            counted.items(), key=lambda each: (each[0][0], each[0][1] or "", each[0][2])
        )
    ]
