"""What discarded work came to, by the reason for which it was discarded.

A branch is a discarded node with all that hangs under it, the topmost where one is inside another, as in a run's
graveyard: nothing is counted twice, and the rows and the rest add up to the runs' total. A sum over branches needs the
trees: they are read as narrow rows, of at most the newest runs with discarded nodes that have `MOST_NODES` together,
about a second's work. Everything else comes from the runs' own rows.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from deliberation.vocabulary import Fate
from traces.analytics.set_aside_work import branch_of
from traces.analytics.undefined import Undefined
from traces.queries.amounts import add_known
from traces.queries.over_runs.scope import (
    MOST_RUNS,
    Question,
    Scope,
    ask,
    ask_rows,
    found_runs,
    then,
)
from traces.queries.over_runs.told import Cell, Fact, Row, Section, Table, Unit, count, share

KEY = "discarded"
MOST_NODES = 100_000
ANY = "any"
DISCARDED = Fate.DISCARDED.value
AMOUNTS = ("discarded.nodes", "discarded.tokens", "discarded.cost")
PLACED = f"""
placed AS (
  SELECT id FROM (
    SELECT id, sum(nodes) OVER (ORDER BY id DESC) AS so_far FROM found WHERE discarded > 0
  ) AS newest WHERE so_far <= {MOST_NODES}
)"""  # noqa: S608 - a whole number is put in
WHOLE = """
SELECT (SELECT count(*) FROM found) AS found, (SELECT count(*) FROM found WHERE discarded > 0) AS with_discarded,
  count(*) AS n, (SELECT count(*) FROM placed) AS read, sum(nodes)::bigint AS nodes, sum(cost) AS cost,
  sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))::bigint AS tokens
FROM found WHERE %s OR id >= (SELECT id FROM placed ORDER BY id LIMIT 1)"""
NODES = """
SELECT node.* FROM placed CROSS JOIN LATERAL (
  SELECT node.run_id, node.ordinal, coalesce(node.parent_ordinal, -1), node.parent_id IS NULL, node.fate,
  coalesce(node.fate_reason, 'not_recorded'), node.wrongly_discarded IS TRUE,
  CASE WHEN node.aside IS NULL THEN node.cost END,
  CASE WHEN node.aside IS NULL AND node.kind <> 'retrieval'
      AND coalesce(node.input_tokens, node.output_tokens) IS NOT NULL
    THEN coalesce(node.input_tokens, 0) + coalesce(node.output_tokens, 0) END,
  node.cost_basis IS NOT DISTINCT FROM 'unallocated'
FROM traces_node AS node WHERE node.run_id = placed.id OFFSET 0) AS node"""
# Whatever Postgres thinks of how many there are: run by run, never the whole table (OFFSET 0 keeps it from joining).


@dataclass(slots=True)
class Heap:
    """What one reason, or one fate of what was not discarded, came to. Unknown sums are None."""

    runs: list[uuid.UUID] = field(default_factory=list)
    branches: int = 0
    wrongly: int = 0
    nodes: int = 0
    tokens: int | None = None
    cost: Decimal | None = None


@dataclass(slots=True)
class Heaps:
    """The whole of the trees that were read: by reason, by fate of the rest, and what belongs to no branch."""

    reasons: dict[str, Heap] = field(default_factory=dict)
    rest: dict[str, Heap] = field(default_factory=dict)
    returned: int = 0
    searched: int = 0
    unallocated: Decimal | None = None


class Node(NamedTuple):
    """A node as it was read: amounts where they count, None where they are not known."""

    run: uuid.UUID
    ordinal: int
    parent: int
    is_root: bool
    fate: str
    reason: str
    is_wrong: bool
    cost: Decimal | None
    tokens: int | None
    is_unallocated: bool


def placed(scope: Scope) -> Question:
    """Return the runs whose trees are read as `placed`."""
    columns = ("nodes", "discarded", "cost", "input_tokens", "output_tokens")
    return then(found_runs(scope, *columns), PLACED)


def read(scope: Scope) -> Section:
    """Return what discarded work came to. Raises TooMuch."""
    question = placed(scope)
    (whole,) = ask(question, WHOLE, True)
    is_read = whole["read"] == whole["with_discarded"]
    if not is_read:
        (whole,) = ask(question, WHOLE, False)
    heaps = heap_up(question)
    return Section(
        key=KEY,
        n=whole["n"],
        is_whole=is_read and whole["found"] < MOST_RUNS,
        facts=[
            share("discarded.runs", whole["read"], whole["n"], {"reason": ANY}),
            *_parts(heaps, whole),
            _not_returned(heaps),
            Fact(
                key="discarded.unallocated",
                value=heaps.unallocated,
                unit=Unit.MONEY,
                n=whole["read"],
                runs={"reason": ANY},
            ),
        ],
        tables=[_reasons(heaps), _rest(heaps)],
    )


def members(scope: Scope, cell: Cell) -> list[uuid.UUID]:
    """Return the runs that a figure counts, the newest first: by `reason`, or `fate` of the rest. Raises TooMuch."""
    heaps = heap_up(placed(scope))
    by_name = heaps.rest if "fate" in cell else heaps.reasons
    asked = cell.get("fate") or cell.get("reason", ANY)
    if asked == ANY:
        return sorted({run for heap in by_name.values() for run in heap.runs}, reverse=True)
    return by_name[asked].runs if asked in by_name else []


def heap_up(question: Question) -> Heaps:
    """Return what the trees of the runs come to."""
    _, rows = ask_rows(question, NODES)
    heaps = Heaps()
    by_run: dict[uuid.UUID, list[Node]] = defaultdict(list)
    for row in rows:
        by_run[row[0]].append(Node._make(row))
    for run in sorted(by_run, reverse=True):
        _add_run(heaps, run, by_run[run])
    return heaps


def _add_run(heaps: Heaps, run: uuid.UUID, nodes: Sequence[Node]) -> None:
    gone = {node.ordinal: node.reason for node in nodes if node.fate == DISCARDED}
    branch = branch_of({node.ordinal: node.parent for node in nodes}, list(gone))
    has_returned = any(node.fate == Fate.SELECTED.value for node in nodes)
    wrong: set[int] = set()
    for node in nodes:
        top = branch.get(node.ordinal)
        heap = (
            heaps.rest.setdefault(node.fate, Heap())
            if top is None
            else heaps.reasons.setdefault(gone[top], Heap())
        )
        if not heap.runs or heap.runs[-1] != run:
            heap.runs.append(run)
        heap.branches += top == node.ordinal
        if node.is_wrong and top is not None and top not in wrong:
            wrong.add(top)
            heap.wrongly += 1
        heap.nodes += 1
        heap.cost = add_known([heap.cost, node.cost])
        heap.tokens = add_known([heap.tokens, node.tokens])
        if has_returned and not node.is_root:
            heaps.searched += 1
            heaps.returned += node.fate == Fate.SELECTED.value
        if node.is_unallocated:
            heaps.unallocated = add_known([heaps.unallocated, node.cost])


def _parts(heaps: Heaps, whole: dict[str, Any]) -> Iterator[Fact]:
    """Yield the share of all nodes, tokens and dollars that was discarded, and the dollars."""
    gone = heaps.reasons.values()
    runs = {"reason": ANY}
    for name in ("nodes", "tokens", "cost"):
        # Where nothing was discarded, that is known to be 0; where a branch states nothing, nobody knows.
        part = add_known([getattr(heap, name) for heap in gone]) if gone else 0
        of = whole[name]
        value = Undefined.NO_SAMPLES if part is None or not of else float(part / of)
        yield Fact(
            key=f"discarded.{name}_share", value=value, unit=Unit.SHARE, n=whole["n"], runs=runs
        )
    cost = add_known([heap.cost for heap in gone]) if gone else Decimal(0)
    yield Fact(key="discarded.cost", value=cost, unit=Unit.MONEY, n=whole["read"], runs=runs)


def _not_returned(heaps: Heaps) -> Fact:
    value = 1 - heaps.returned / heaps.searched if heaps.searched else Undefined.NO_SAMPLES
    return Fact(
        key="discarded.not_returned",
        value=value,
        unit=Unit.SHARE,
        n=heaps.searched,
        runs={"reason": ANY},
    )


def _reasons(heaps: Heaps) -> Table:
    rows = []
    for reason, heap in sorted(heaps.reasons.items(), key=lambda each: (-each[1].nodes, each[0])):
        runs = {"reason": reason}
        facts = [
            count("discarded.of_runs", len(heap.runs), runs),
            Fact(key="discarded.branches", value=heap.branches, unit=Unit.COUNT, runs=runs),
            *_amounts(heap, runs),
            Fact(key="discarded.wrongly", value=heap.wrongly, unit=Unit.COUNT, runs=runs),
        ]
        rows.append(Row(label=reason, facts=facts))
    columns = ("discarded.of_runs", "discarded.branches", *AMOUNTS, "discarded.wrongly")
    return Table(key="discarded.reasons", columns=columns, rows=rows)


def _rest(heaps: Heaps) -> Table:
    rows = [
        Row(label=fate, facts=list(_amounts(heaps.rest[fate], {"fate": fate})))
        for fate in sorted(heaps.rest, key=lambda fate: -heaps.rest[fate].nodes)
    ]
    return Table(key="discarded.rest", columns=AMOUNTS, rows=rows)


def _amounts(heap: Heap, runs: Cell) -> Iterator[Fact]:
    for key, unit in zip(AMOUNTS, (Unit.COUNT, Unit.TOKENS, Unit.MONEY), strict=True):
        yield Fact(key=key, value=getattr(heap, key.partition(".")[2]), unit=unit, runs=runs)
