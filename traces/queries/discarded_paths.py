"""The discarded paths of a run as pages and the API list them: those wrongly discarded first, then by cause."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from traces.models import Node, Run, Verdict
from traces.queries.access import NotVisible, Who, is_storable, see_run
from traces.queries.amounts import Discarded, add_known
from traces.queries.columns import Tree, read_tree
from traces.queries.graveyard import Cause, Graveyard, Group, Path, Place, dig
from traces.queries.known_right import Right
from traces.queries.rows import read_rows
from traces.queries.tree_row import TreeRow

NOT_RECORDED = "-"
"""In a filter: no reason, or nobody, is recorded."""
VERIFIERS_AT_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PathFilter:
    """What narrows the list. `reason` and `by` may be NOT_RECORDED; `verifier` judged a node of the path."""

    reason: str | None = None
    by: str | None = None
    verifier: str | None = None
    wrongly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The numbers that a discard was decided on, as its source stated them; None is not recorded.

    `verdict` is the id of the verdict that is cited.
    """

    value: float | None
    cutoff: float | None
    rank: int | None
    votes: int | None
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A node that something rests on, by its number in the run."""

    ordinal: int
    node_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyRight:
    """Why a path is known to have been right. `at` is the node inside it that was, None where it is its top.

    `same_as` is the candidate that has the same answer and is known to be right.
    """

    right: Right
    at: Shown | None
    same_as: Shown | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardedPath:
    """One path: its top node with the sums of the whole subtree, and what it was discarded for.

    `inside` counts the further discarded nodes in it, which are in no other sum; `holds_answer` says that what was
    returned hangs under it. `why_right` is None unless it was wrongly discarded.
    """

    node: TreeRow
    cause: Cause
    decided: Decided
    inside: int
    holds_answer: bool
    why_right: WhyRight | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardedPage:
    """Some paths, the cursor of what comes after, and the sums: of all, of each cause, of what the filter lets through.

    `narrowed` is None where nothing narrows. `returned_right` says what is known of the answer that was returned.
    """

    items: list[DiscardedPath]
    next: str | None
    groups: list[Group]
    wrongly: int
    paths: int
    total: Discarded
    narrowed: Group | None
    verifiers: list[str]
    returned_right: bool | None


def list_discarded(
    *,
    who: Who,
    run_id: str | uuid.UUID,
    filters: PathFilter | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> DiscardedPage:
    """Return discarded paths after the place that `cursor` names. Raises NotVisible, also for a cursor that is none."""
    run = see_run(who, run_id)
    filters = filters or PathFilter()
    after = None if cursor is None else _read_place(cursor)
    tree = read_tree(run)
    found = tree.derive(dig)
    passed = found.listed if filters == PathFilter() else _passing(tree, found, filters)
    start = 0 if after is None else bisect_right(passed, after, key=itemgetter(0))
    shown = passed[start : start + limit]
    return DiscardedPage(
        items=_listed(run, tree, [path for _, path in shown]),
        next=_as_cursor(shown[-1][0]) if len(passed) > start + limit else None,
        groups=list(found.groups.values()),
        wrongly=found.wrongly,
        paths=len(found.paths),
        total=_total(tree, found),
        narrowed=None if filters == PathFilter() else _sum(tree, [path for _, path in passed]),
        verifiers=_verifiers(run.pk),
        returned_right=found.returned_right,
    )


def _passing(tree: Tree, found: Graveyard, filters: PathFilter) -> list[tuple[Place, Path]]:
    judged = None if filters.verifier is None else _judged(tree, found, filters.verifier)
    causes = {cause for cause in found.groups if _is_asked(cause, filters)}
    return [
        (place, path)
        for place, path in found.listed
        if path.cause in causes
        and not (filters.wrongly and place.is_not_wrong)
        and (judged is None or path.start in judged)
    ]


def _is_asked(cause: Cause, filters: PathFilter) -> bool:
    reason, by = (word or NOT_RECORDED for word in cause)
    return filters.reason in (None, reason) and filters.by in (None, by)


def _judged(tree: Tree, found: Graveyard, verifier: str) -> set[int]:
    """Return the starts of the paths in which a verifier judged a node."""
    if not is_storable(verifier):
        return set()
    said = Verdict.objects.filter(run_id=tree.run_id, verifier=verifier)
    rows = (tree.row_by_node.get(each) for each in said.values_list("node_id", flat=True))
    paths = (found.path_at(tree.shape.place[row]) for row in rows if row is not None)
    return {path.start for path in paths if path is not None}


def _verifiers(run_id: uuid.UUID) -> list[str]:
    said = Verdict.objects.filter(run_id=run_id).order_by("verifier")
    return list(said.values_list("verifier", flat=True).distinct()[:VERIFIERS_AT_MOST])


def _as_cursor(place: Place) -> str:
    return ".".join(str(int(part)) for part in place)


def _read_place(cursor: str) -> Place:
    words = cursor.split(".")
    if len(words) != 3 or not all(_is_number(word) for word in words):
        raise NotVisible
    is_not_wrong, group, ordinal = map(int, words)
    return Place(bool(is_not_wrong), group, ordinal)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 18


def _total(tree: Tree, found: Graveyard) -> Discarded:
    groups, nodes = found.groups.values(), len(tree.shape.order)
    gone = sum(group.nodes for group in groups)
    return Discarded(
        nodes=gone,
        node_ratio=gone / nodes if nodes else None,
        tokens=add_known([group.tokens for group in groups]),
        cost=add_known([group.cost for group in groups]),
    )


def _sum(tree: Tree, paths: Sequence[Path]) -> Group:
    """Return the paths as if they had one cause."""
    tokens = [
        tree.sums(name).between(path.start, path.end)
        for path in paths
        for name in ("input", "output")
    ]
    costs = [tree.sums("cost").between(path.start, path.end) for path in paths]
    return Group(
        cause=(None, None),
        first=0,
        paths=len(paths),
        wrongly=sum(path.evidence is not None for path in paths),
        nodes=sum(path.end - path.start for path in paths),
        tokens=add_known(tokens),
        cost=add_known(costs),
    )


def _listed(run: Run, tree: Tree, paths: Sequence[Path]) -> list[DiscardedPath]:
    nodes = {
        tree.row_by_node[each.node_id]: each for each in read_rows(tree, [p.row for p in paths])
    }
    decided = _decided(run.pk, [each.node_id for each in nodes.values()])
    answer = tree.row_by_node.get(run.selected_node) if run.selected_node is not None else None
    place = None if answer is None else tree.shape.place[answer]
    return [
        DiscardedPath(
            node=nodes[path.row],
            cause=path.cause,
            decided=decided[nodes[path.row].node_id],
            inside=path.inside,
            holds_answer=place is not None and path.start <= place < path.end,
            why_right=_why_right(tree, path),
        )
        for path in paths
        if path.row in nodes
    ]


def _decided(run_id: uuid.UUID, node_ids: Sequence[str]) -> dict[str, Decided]:
    names = ("fate_value", "fate_cutoff", "fate_rank", "fate_votes", "fate_verdict")
    found = Node.objects.filter(run_id=run_id, node_id__in=node_ids).values("node_id", *names)
    return {
        each["node_id"]: Decided(**{name.removeprefix("fate_"): each[name] for name in names})
        for each in found
    }


def _why_right(tree: Tree, path: Path) -> WhyRight | None:
    if path.evidence is None:
        return None
    row, right = path.evidence
    same = None if right.same_as is None else tree.row_by_node.get(right.same_as)
    return WhyRight(
        right=right,
        at=None if row == path.row else _shown(tree, row),
        same_as=None if same is None else _shown(tree, same),
    )


def _shown(tree: Tree, row: int) -> Shown:
    return Shown(ordinal=tree.columns.ordinal[row], node_id=tree.columns.node_id[row])
