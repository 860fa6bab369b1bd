"""All that the printed report of a bundle says of its run, in one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from deliberation.bundle.run_evidence import RunEvidence
from traces.analytics.over_time import count_over_time
from traces.models import Run
from traces.queries.access import Viewer
from traces.queries.columns import Tree, read_tree
from traces.queries.discarded_paths import DiscardedPage, list_discarded
from traces.queries.judged import Judged, list_judged
from traces.queries.report_decisions import PersonsDecision, list_decisions
from traces.queries.report_tree import ReportRow, report_rows
from traces.queries.runs import RunRow, get_run
from traces.queries.strategy import read_strategy
from traces.queries.verdict_header import RunHeader, get_header

PATHS_AT_MOST = 100
SPANS = 60
FATES = ("selected", "kept", "open", "discarded", "failed")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a figure: `share` of the longest, 0 to 1."""

    label: str
    nodes: int
    cost: Decimal | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What began in one span of time: heights of the highest column, 0 to 1, the discarded ones at the bottom."""

    at: int
    discarded: float
    other: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run. `says_texts` is False where texts are withheld: then none are in here.

    `later` counts entries that came after those of the evidence, which figures may know of.
    """

    run: RunRow
    header: RunHeader
    evidence: RunEvidence
    says_texts: bool
    later: int
    rows: list[ReportRow]
    left_out: int
    discarded: DiscardedPage
    decisions: list[PersonsDecision]
    judged: list[Judged]
    bars: list[Bar]
    columns: list[Column]
    first_ns: int
    last_ns: int


def read_report(run: Run, evidence: RunEvidence, *, says_texts: bool) -> RunReport:
    """Return what there is to say. The caller has checked who asks."""
    tree = read_tree(run, may_lag=False)
    who = Viewer(project_ids=frozenset({run.project_id}))
    rows = report_rows(run, tree)
    first, last, counted = _over_time(tree)
    report = RunReport(
        run=get_run(who=who, run_id=run.pk),
        header=get_header(who=who, run_id=run.pk),
        evidence=evidence,
        says_texts=says_texts,
        later=run.size - evidence.size,
        rows=rows,
        left_out=len(tree.shape.order) - len(rows),
        discarded=list_discarded(who=who, run_id=run.pk, limit=PATHS_AT_MOST),
        decisions=list_decisions(who=who, run_id=run.pk, strategy=read_strategy(run)),
        judged=list_judged(who=who, run_id=run.pk).items,
        bars=_bars(tree),
        columns=counted,
        first_ns=first,
        last_ns=last,
    )
    return report if says_texts else _without_texts(report)


def _bars(tree: Tree) -> list[Bar]:
    nodes: Counter[str] = Counter(tree.columns.fate)
    costs: dict[str, Decimal] = {}
    for fate, cost in zip(tree.columns.fate, tree.columns.cost, strict=True):
        if cost is not None:
            costs[fate] = costs.get(fate, Decimal(0)) + cost
    most = max(nodes.values(), default=1)
    return [
        Bar(label=fate, nodes=nodes[fate], cost=costs.get(fate), share=nodes[fate] / most)
        for fate in FATES
        if nodes[fate]
    ]


def _over_time(tree: Tree) -> tuple[int, int, list[Column]]:
    gone = (fate == "discarded" for fate in tree.columns.fate)
    first, last, counted = count_over_time(tree.columns.started_ns, gone, SPANS)
    most = max((sum(each) for each in counted), default=1)
    return (
        first,
        last,
        [
            Column(at=at, discarded=marked / most, other=other / most)
            for at, (marked, other) in enumerate(counted)
        ],
    )


def _without_texts(report: RunReport) -> RunReport:
    """Return the report without a word that a model, a tool or a person wrote: facts stay."""
    return replace(
        report,
        run=replace(report.run, name=None, task=None, answer=None),
        header=replace(report.header, answer=None, runner_up=None, what_would_have_changed_it=None),
        decisions=_each(report.decisions, why=None),
        judged=[
            replace(each, verdict=replace(each.verdict, rationale=None), node=None, by_node=None)
            for each in report.judged
        ],
        rows=[replace(each, row=_bare(each.row)) for each in report.rows],
        discarded=replace(
            report.discarded,
            items=[replace(each, node=_bare(each.node)) for each in report.discarded.items],
        ),
    )


def _bare(row: T) -> T:
    return replace(row, name=None, preview=None, answer=None, error_preview=None)  # type: ignore[type-var]


def _each(items: Iterable[T], **values: None) -> list[T]:
    return [replace(each, **values) for each in items]  # type: ignore[type-var]
