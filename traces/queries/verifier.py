"""One verifier, judged: how often it was right, whether its scores can be believed, whether choosing by it helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count

from deliberation.vocabulary import Independence, VerdictOutcome
from traces.analytics.agreement import Agreement
from traces.analytics.calibration import Bin, error_of_bins
from traces.analytics.clustered_share import Share, clustered_share
from traces.analytics.confusion import Confusion
from traces.analytics.selection_curve import SelectionCurve, selection_curve
from traces.analytics.undefined import Estimate, Undefined
from traces.models import Run, Verdict
from traces.queries.access import NotVisible, Who, as_viewer, is_storable
from traces.queries.judgements import Judging, Truth, read_parts
from traces.queries.run_filters import RunFilters
from traces.queries.verifier_parts import DRAWN, WHOLE
from traces.queries.verifier_runs import CountedRuns, count_runs

VERSIONS_SHOWN = 20
RATES = {
    "precision": ("true_accepts", "false_accepts"),
    "recall": ("true_accepts", "false_rejects"),
    "false_accept_rate": ("false_accepts", "true_rejects"),
    "false_discovery_rate": ("false_accepts", "true_accepts"),
    "false_reject_rate": ("false_rejects", "true_accepts"),
}
"""Of each rate what is counted, and what makes it a whole: the words of `traces.analytics.confusion`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Ten bins of confidence, of `count` judgements whose truth is known, and what they come to. `lack` says why none.

    `is_stated` says that scores were put on 0 to 1 by the scale that their verdicts state; else all lie there.
    """

    bins: list[Bin]
    count: int
    error: Estimate
    brier: Estimate
    is_stated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Choosing by the score, of the `runs` all of whose candidates were scored and are known; `other_runs` are not."""

    curve: SelectionCurve
    samples: int
    runs: int
    other_runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """The area under the ROC curve of so many right and wrong ones; `within` is the mean over `runs` that hold both."""

    value: Estimate
    right: int
    wrong: int
    within: Estimate
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another verifier that decided the same nodes. Of those on which they differ, who the source says was right."""

    verifier: str
    version: str | None
    is_person: bool
    agreement: Agreement
    this_right: int
    other_right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the verifier stands to what it judges, as its verdicts say, and in how many (0 for whichever)."""

    verifier_kind: str | None
    independence: str | None
    saw_reference: bool | None
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A verifier over `counted`. Counts are of judgements: its latest verdict on each node.

    `outcomes` is word → judgements; `of_right` and `of_wrong` the same of those whose truth is known. `bases` is how
    the truth is known, of the judgements that decide. `cost` is US dollars, of the `priced` verdicts that state one.
    """

    asked: Judging
    counted: CountedRuns
    versions: list[tuple[str | None, int]]
    nodes: int
    runs: int
    tasks: int
    scored: int
    outcomes: dict[str, int]
    of_right: dict[str, int]
    of_wrong: dict[str, int]
    bases: dict[str, int]
    undecided: int
    unknown: int
    confusion: Confusion
    shares: dict[str, Share]
    area: Area
    calibration: Calibration
    selection: Selection
    others: list[Other]
    standings: list[Standing]
    thresholds: tuple[float, float] | None
    scores: tuple[float, float] | None
    cost: Decimal | None
    priced: int
    since_ns: int | None
    until_ns: int | None

    @property
    def saw_reference(self) -> int:
        """Judgements of a verifier that had seen the reference answer: an oracle leak."""
        return sum(each.count for each in self.standings if each.saw_reference)

    @property
    def cost_of_one(self) -> Decimal | None:
        """The mean of those that state it, in US dollars."""
        return self.cost / self.priced if self.cost is not None else None

    @property
    def same_model(self) -> int:
        """Judgements by the model that wrote the answer."""
        near = Independence.SAME_MODEL.value
        return sum(each.count for each in self.standings if each.independence == near)


def get_verifier(
    *, who: Who, asked: Judging, filters: RunFilters, cursor: str | None = None
) -> Verifier:
    """Return what is counted of a verifier. Raises NotVisible where no run that `who` sees holds a verdict of it."""
    counted = see_counted(who, asked, filters, cursor)
    parts = read_parts(asked, counted.run_ids, WHOLE)
    if not parts["said"]:
        see_verifier(who, asked)
    [summary] = parts["summary"]
    confusion, shares = _rates(parts["tasks"])
    return Verifier(
        asked=asked,
        counted=counted,
        versions=_versions(asked, counted),
        **{name: summary[name] for name in PLAIN},
        **_said(parts["said"]),
        confusion=confusion,
        shares=shares,
        area=_area(parts["area"][0], parts["within"][0]),
        calibration=_calibration(parts["bins"], is_stated=bool(summary["on_scale"])),
        selection=_selection(parts["samples"], summary["runs_with_candidates"]),
        others=[_other(row) for row in parts["others"]],
        standings=[Standing(**row) for row in parts["standings"]],
        thresholds=_range(summary["threshold_from"], summary["threshold_to"]),
        scores=_range(summary["least"], summary["most"]),
        cost=None if summary["cost"] is None else Decimal(summary["cost"]),
    )


PLAIN = ("nodes", "runs", "tasks", "scored", "priced", "since_ns", "until_ns")


def get_drawn(
    *, who: Who, asked: Judging, filters: RunFilters, cursor: str | None = None
) -> tuple[Calibration, Selection]:
    """Return what the figures of a verifier show. Raises NotVisible."""
    counted = see_counted(who, asked, filters, cursor)
    parts = read_parts(asked, counted.run_ids, DRAWN)
    [scale] = parts["scale"]
    if not scale["nodes"]:
        see_verifier(who, asked)
    return (
        _calibration(parts["bins"], is_stated=bool(scale["on_scale"])),
        _selection(parts["samples"], scale["runs_with_candidates"]),
    )


def see_counted(who: Who, asked: Judging, filters: RunFilters, cursor: str | None) -> CountedRuns:
    """Return the runs to be counted. Raises NotVisible, also for a name that no verifier can have."""
    if not is_storable(asked.verifier) or not is_storable(asked.version or ""):
        raise NotVisible
    return count_runs(who=who, filters=filters, cursor=cursor)


def see_verifier(who: Who, asked: Judging) -> None:
    """Raise NotVisible where the name is in no run that may be seen, however it is filtered."""
    mine = Run.objects.filter(project_id__in=as_viewer(who).project_ids).values("id")
    if not Verdict.objects.filter(verifier=asked.verifier, run_id__in=mine).exists():
        raise NotVisible


def _versions(asked: Judging, counted: CountedRuns) -> list[tuple[str | None, int]]:
    found = Verdict.objects.filter(run_id__in=counted.run_ids, verifier=asked.verifier)
    grouped = (
        found.values_list("version").annotate(count=Count("seq")).order_by("-count", "version")
    )
    return list(grouped[:VERSIONS_SHOWN])


def _said(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "outcomes": dict.fromkeys((each.value for each in VerdictOutcome), 0),
        "of_right": {},
        "of_wrong": {},
        "bases": dict.fromkeys((each.value for each in Truth), 0),
        "undecided": 0,
        "unknown": 0,
    }
    for row in rows:
        outcome, count = row["outcome"], row["count"]
        found["outcomes"][outcome] = found["outcomes"].get(outcome, 0) + count
        if row["accepted"] is None:
            found["undecided"] += count
        elif row["is_right"] is None:
            found["unknown"] += count
        else:
            found["bases"][row["basis"]] += count
        if row["is_right"] is not None:
            side = found["of_right" if row["is_right"] else "of_wrong"]
            side[outcome] = side.get(outcome, 0) + count
    return found


def _rates(tasks: Sequence[dict[str, int]]) -> tuple[Confusion, dict[str, Share]]:
    names = ("true_accepts", "false_accepts", "false_rejects", "true_rejects")
    confusion = Confusion(**{name: sum(task[name] for task in tasks) for name in names})
    shares = {
        rate: clustered_share((task[part], task[part] + task[rest]) for task in tasks)
        for rate, (part, rest) in RATES.items()
    }
    return confusion, shares


def _area(row: dict[str, Any], within: dict[str, Any]) -> Area:
    right, wrong = row["right_ones"], row["wrong_ones"]
    lack = Undefined.ONE_CLASS if right or wrong else Undefined.NO_SAMPLES
    return Area(
        value=lack if row["area"] is None else row["area"],
        right=right,
        wrong=wrong,
        within=lack if within["area"] is None else within["area"],
        runs=within["runs"],
    )


def _calibration(rows: Sequence[dict[str, Any]], *, is_stated: bool) -> Calibration:
    names = ("number", "count", "confidence", "right")
    bins = [Bin(**{name: row[name] for name in names}) for row in rows]
    count = sum(each.count for each in bins)
    brier = sum(row["squares"] for row in rows) / count if count else Undefined.NO_SAMPLES
    return Calibration(
        bins=bins, count=count, error=error_of_bins(bins), brier=brier, is_stated=is_stated
    )


def _selection(rows: Sequence[dict[str, Any]], runs: int) -> Selection:
    tasks = [list(zip(row["scores"], row["rights"], strict=True)) for row in rows]
    return Selection(
        curve=selection_curve(tasks),
        samples=sum(map(len, tasks)),
        runs=len(tasks),
        other_runs=runs - len(tasks),
    )


def _other(row: dict[str, Any]) -> Other:
    counts = ("both_accept", "only_this", "only_other", "both_reject")
    rest = {name: value for name, value in row.items() if name not in counts}
    return Other(agreement=Agreement(**{name: row[name] for name in counts}), **rest)


def _range(least: float | None, most: float | None) -> tuple[float, float] | None:
    return None if least is None or most is None else (least, most)
