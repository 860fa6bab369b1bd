"""Whether a run spent more than one straight try would have, in which forms, and how many times as much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import ngettext_lazy

from deliberation.vocabulary import NodeKind
from traces.analytics.billing import SetAside
from traces.analytics.tree import ROOT, children_of
from traces.models import Node, Run
from traces.queries.columns import Tree

CALLS = {NodeKind.MODEL_CALL.value, NodeKind.TOOL_CALL.value}
WRAPPERS = (NodeKind.AGENT.value, NodeKind.MODEL_CALL.value)
"""What they state and others below state again is a sum of those, also where a source leaves a failed try out of it."""
FORMS = (
    (NodeKind.SAMPLE, ngettext_lazy("{n} sample", "{n} samples")),
    (NodeKind.EXPANSION, ngettext_lazy("{n} expansion", "{n} expansions")),
    (NodeKind.ROLLOUT, ngettext_lazy("{n} rollout", "{n} rollouts")),
    (NodeKind.PROPOSAL, ngettext_lazy("{n} proposal", "{n} proposals")),
    (NodeKind.CRITIQUE, ngettext_lazy("{n} critique", "{n} critiques")),
    (NodeKind.REVISION, ngettext_lazy("{n} revision", "{n} revisions")),
    (NodeKind.VERIFICATION, ngettext_lazy("{n} verification", "{n} verifications")),
    (NodeKind.TOOL_CALL, ngettext_lazy("{n} tool call", "{n} tool calls")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeMode:
    """What the system says of its mode, and what the record says.

    `stated` is the system's own word, None where it gave none. `multiple` is what the run spent by what the answer's
    own path took, in `unit` (cost or tokens): its nodes from the root to the answer, the calls right under them, and
    all that hangs under the answer. None without a chosen node, or without amounts, where a node above the answer has
    amounts of its own (how much of them was for the answer is not told), and where a step of the path states less than
    what hangs below it and so is no sum of it: its amount is in neither number, which `path_is_uncounted` says.
    """

    stated: bool | None
    effort: str | None
    tier: str | None
    forms: list[str]
    multiple: float | None
    unit: str | None
    path_is_uncounted: bool


def read_compute_mode(run: Run, tree: Tree) -> ComputeMode:
    """Return the compute mode of a run that the caller may see."""
    aside = _stated_aside(run, tree)
    multiple, unit = _multiple(run, tree, aside)
    return ComputeMode(
        stated=run.high_compute,
        effort=run.effort,
        tier=run.tier,
        forms=list(_forms(tree)),
        multiple=multiple,
        unit=unit,
        path_is_uncounted=multiple is None and bool(aside),
    )


def _forms(tree: Tree) -> Iterator[str]:
    counted = Counter(tree.columns.kind)
    for kind, words in FORMS:
        number = counted.get(kind.value, 0)
        if number:
            yield (words % number).format(n=f"{number:,}")


def _multiple(
    run: Run, tree: Tree, aside: dict[int, dict[str, Any]]
) -> tuple[float | None, str | None]:
    row = tree.row_by_node.get(run.selected_node or "")
    if row is None:
        return None, None
    for unit, names in (("cost", ["cost"]), ("tokens", ["input", "output"])):
        if any(_states_less(tree, each, names, stated) for each, stated in aside.items()):
            continue
        spent, path = _whole(tree, names), _path(tree, row, names)
        if spent and path:
            return float(Decimal(spent) / Decimal(path)), unit
    return None, None


def _whole(tree: Tree, names: Sequence[str]) -> Any:
    return sum(tree.sums(name).between(0, len(tree.shape.order)) or 0 for name in names)


def _stated_aside(run: Run, tree: Tree) -> dict[int, dict[str, Any]]:
    """Return, of the steps from the answer up to the root that state amounts others below state too, row → amounts."""
    path: dict[str, int] = {}
    row = tree.row_by_node.get(run.selected_node or "", ROOT)
    while row >= 0:
        path[tree.columns.node_id[row]] = row
        row = tree.shape.parent[row]
    found = (
        Node.objects.filter(
            run_id=run.id, node_id__in=list(path), aside=SetAside.REPEATED_BELOW.value
        )
        .exclude(kind__in=WRAPPERS)
        .values_list("node_id", "cost", "input_tokens", "output_tokens")
    )
    return {path[name]: {"cost": cost, "input": i, "output": o} for name, cost, i, o in found}


def _states_less(tree: Tree, row: int, names: Sequence[str], stated: dict[str, Any]) -> bool:
    known = [stated[name] for name in names if stated[name] is not None]
    return bool(known) and sum(known) < sum(tree.sums(name).of(row) or 0 for name in names)


def _path(tree: Tree, row: int, names: Sequence[str]) -> Any | None:
    shape, columns = tree.shape, tree.columns
    total: Any = sum(tree.sums(name).of(row) or 0 for name in names)
    above, below = shape.parent[row], row
    while above >= 0:
        calls = [
            each
            for each in children_of(shape, above)
            if columns.kind[each] in CALLS and each != below
        ]
        if any(getattr(columns, name)[above] for name in names):
            return None
        total += sum(tree.sums(name).of(each) or 0 for name in names for each in calls)
        above, below = shape.parent[above], above
    return total
