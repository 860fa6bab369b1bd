"""Candidates against verifiers: a row for each candidate, a column for each verifier, some of both at a time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F

from traces.models import Verdict
from traces.queries.access import Who, see_run
from traces.queries.candidates import CandidateRow, CandidateTable, read_candidates
from traces.queries.choice import Choice, read_choice
from traces.queries.columns import Tree, read_tree
from traces.queries.matrix_order import CandidateOrder, in_order
from traces.queries.rows import scale_of
from traces.queries.verdicts import COLUMNS, VerdictRow

COLUMNS_AT_MOST = 12
ROWS_AT_MOST = 25
CELLS_AT_MOST = 150
"""Of a page: with the rest of a run's page it stays under 3,000 elements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one verifier said of one candidate: its latest word, and how often it said what."""

    verdict: VerdictRow
    outcomes: dict[str, int]

    @property
    def scale(self) -> str | None:
        """The scale of the score, in words."""
        return scale_of(self.verdict.score_min, self.verdict.score_max)

    @property
    def count(self) -> int:
        """How many verdicts."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A verifier, with its scale in words and its threshold where all verdicts that are shown have the same."""

    verifier: str
    scale: str | None
    threshold: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A candidate with the votes of its answer, what its branch cost, and a cell for each column.

    A cell is None where that verifier did not speak.
    """

    candidate: CandidateRow
    votes: int | None
    tokens: int | None
    cost: Decimal | None
    cells: list[tuple[Column, Cell | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Some rows and columns of the whole. `page` and `pages` count from 1; `first_column` from 0.

    `verifier_count` is how many judged a candidate, `elsewhere` those that judged other nodes alone.
    """

    table: CandidateTable
    choice: Choice
    rows: list[MatrixRow]
    columns: list[Column]
    verifier_count: int
    first_column: int
    elsewhere: list[str]
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Which part of the matrix, in which order; `verifier` is the one to sort by."""

    order: CandidateOrder = CandidateOrder.PROPOSED
    verifier: str | None = None
    page: int = 1
    first_column: int = 0


def get_matrix(*, who: Who, run_id: str | uuid.UUID, ask: Ask | None = None) -> Matrix:
    """Return a part of the matrix; a page beyond the last is the last. Raises NotVisible."""
    ask = ask or Ask()
    run = see_run(who, run_id)
    tree = read_tree(run)
    table = read_candidates(run)
    judging, elsewhere = _verifiers(run.pk, table)
    first = ask.first_column if ask.first_column < len(judging) else 0
    verifiers = judging[first : first + COLUMNS_AT_MOST]
    on_a_page = rows_on_a_page(len(verifiers))
    pages = max(1, -(-len(table.candidates) // on_a_page))
    page = min(ask.page, pages)
    ordered = in_order(table, ask.order, tree, ask.verifier)
    shown = ordered[(page - 1) * on_a_page : page * on_a_page]
    cells = _cells(run.pk, [each.node_id for each in shown], verifiers)
    columns = [_column(name, cells) for name in verifiers]
    return Matrix(
        table=table,
        choice=read_choice(run, table),
        rows=[_row(tree, table, each, columns, cells) for each in shown],
        columns=columns,
        verifier_count=len(judging),
        first_column=first,
        elsewhere=elsewhere,
        page=page,
        pages=pages,
    )


def _column(verifier: str, cells: dict[tuple[str, str], Cell]) -> Column:
    said = [cell for (_, name), cell in cells.items() if name == verifier]
    scales = {cell.scale for cell in said}
    thresholds = {cell.verdict.threshold for cell in said}
    return Column(
        verifier=verifier,
        scale=scales.pop() if len(scales) == 1 else None,
        threshold=thresholds.pop() if len(thresholds) == 1 else None,
    )


def _row(
    tree: Tree,
    table: CandidateTable,
    candidate: CandidateRow,
    columns: list[Column],
    cells: dict[tuple[str, str], Cell],
) -> MatrixRow:
    row = tree.row_by_node.get(candidate.node_id)
    subtree = None if row is None else tree.subtree_of(row)
    return MatrixRow(
        candidate=candidate,
        votes=table.votes_of(candidate),
        tokens=None if subtree is None else subtree.tokens,
        cost=None if subtree is None else subtree.cost,
        cells=[(column, cells.get((candidate.node_id, column.verifier))) for column in columns],
    )


def rows_on_a_page(columns: int) -> int:
    """Return how many candidates a page with so many verifiers holds."""
    return min(ROWS_AT_MOST, CELLS_AT_MOST // max(1, columns))


def list_outcomes(*, who: Who, run_id: str | uuid.UUID) -> dict[str, dict[str, str]]:
    """Return node id → verifier → its latest outcome, of a whole run. Raises NotVisible."""
    found: dict[str, dict[str, str]] = {}
    said = Verdict.objects.filter(run_id=see_run(who, run_id).pk).order_by(*LATEST_LAST)
    for node_id, verifier, outcome in said.values_list("node_id", "verifier", "outcome"):
        found.setdefault(node_id, {})[verifier] = outcome
    return found


LATEST_LAST = (F("given_ns").asc(nulls_first=True), "outcome", "seq")
LATEST_FIRST = (F("given_ns").desc(nulls_last=True), "-outcome", "-seq")


def _verifiers(run_id: uuid.UUID, table: CandidateTable) -> tuple[list[str], list[str]]:
    """Return the verifiers that judged a candidate, those with most to say first, and the others."""
    if not table.candidates:
        return [], []
    candidates = {each.node_id for each in table.candidates}
    said: dict[str, int] = {}
    pairs = Verdict.objects.filter(run_id=run_id).values_list("verifier", "node_id")
    for verifier, node_id in pairs.distinct():
        said[verifier] = said.get(verifier, 0) + (node_id in candidates)
    ranked = sorted(said, key=lambda name: (-said[name], name))
    return [name for name in ranked if said[name]], [name for name in ranked if not said[name]]


def _cells(
    run_id: uuid.UUID, node_ids: list[str], verifiers: list[str]
) -> dict[tuple[str, str], Cell]:
    # However often a verifier spoke of one node: the latest of each is found by Postgres, the others are only counted.
    said = Verdict.objects.filter(run_id=run_id, node_id__in=node_ids, verifier__in=verifiers)
    latest = said.order_by("node_id", "verifier", *LATEST_FIRST).distinct("node_id", "verifier")
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in said.values("node_id", "verifier", "outcome").annotate(times=Count("seq")):
        counts.setdefault((row["node_id"], row["verifier"]), {})[row["outcome"]] = row["times"]
    found = [VerdictRow(**values) for values in latest.values(*COLUMNS)]
    return {
        (each.node_id, each.verifier): Cell(
            verdict=each, outcomes=counts[each.node_id, each.verifier]
        )
        for each in found
        if (each.node_id, each.verifier) in counts
    }
