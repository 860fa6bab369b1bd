"""Accuracy against cost over many runs: systems as recorded, and as fewer samples and other rules would have made them.

What is meant by system, question, accuracy and frontier: docs/counterfactual.md, "Over many runs".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from deliberation.vocabulary import Strategy
from traces.analytics.difficulty import Difficulty, difficulty_of
from traces.analytics.frontier import non_dominated, steps_between
from traces.queries.access import Who
from traces.queries.frontier_asked import RIGHT, Axis, By, FrontierAsked
from traces.queries.frontier_curves import WORK_AT_ONCE, Rule, work_of
from traces.queries.frontier_points import (
    Drawn,
    Qualities,
    Quality,
    Systems,
    by_bin,
    curves_of,
    drawn_by,
    points_recorded,
    turned_of,
)
from traces.queries.frontier_rows import Frontier, Marginal, Point, RunOfSystem
from traces.queries.judged_runs import JudgedRun, read_judged_runs
from traces.queries.run_filters import RunFilters
from traces.queries.spoken import spoken

KEYS: dict[By, Callable[[JudgedRun], str]] = {
    By.MODEL: lambda run: " + ".join(run.models),
    By.EFFORT: lambda run: run.effort or "",
    By.TIER: lambda run: run.tier or "",
    By.STRATEGY: lambda run: "" if run.strategy == Strategy.UNKNOWN.value else spoken(run.strategy),
    By.TAGS: lambda run: ", ".join(sorted(run.tags)),
    By.PROJECT: lambda run: run.project,
}


def get_frontier(*, who: Who, filters: RunFilters, asked: FrontierAsked) -> Frontier:
    """Return accuracy against cost of the runs that `who` may see and the filters let through."""
    read = read_judged_runs(who=who, filters=filters, judge=asked.judge)
    measures = _measures(read.runs)
    measure = asked.measure if asked.measure in (RIGHT, *measures) else _usual(read.runs, measures)
    told = ((run.id, _quality(run, measure)) for run in read.runs)
    quality = {run_id: each for run_id, each in told if each is not None}
    bins = _difficulties(read.runs, quality, measure)
    systems = _systems(read.runs, asked.by)
    table = by_bin(systems, quality, bins)
    if asked.difficulty is not None:
        systems = {
            name: [run for run in runs if bins.get(run.task) is asked.difficulty]
            for name, runs in systems.items()
        }
    # A verifier's score is of what was returned: samples that were not have none, so there are no curves.
    drawn = drawn_by(systems) if measure == RIGHT else {}
    rules = asked.rules or _usual_rules(drawn)
    curves, missing = curves_of(systems, drawn, rules)
    points = points_recorded(systems, quality) + curves
    axis = asked.axis or _usual_axis(points)
    points, marginals = _marked(points, axis)
    return Frontier(
        asked=replace(asked, axis=axis, measure=measure, judge=read.judge, rules=rules),
        axis=axis,
        measure=measure,
        measures=measures,
        judges=read.judges,
        judge=read.judge,
        runs=len(read.runs),
        is_whole=read.is_whole,
        without_samples=read.without_samples,
        questions=len({run.task for run in read.runs}),
        unstated=sum(not run.states_task for run in read.runs),
        short=sum(each.short for each in drawn.values()),
        points=points,
        marginals=marginals,
        turned=turned_of(curves),
        missing=missing,
        bins=table,
        unbinned=len({run.task for run in read.runs} - bins.keys()),
        of_system=_of_system(systems.get(asked.system or "", []), quality),
    )


def _measures(runs: Sequence[JudgedRun]) -> list[str]:
    """Return the verifiers whose scores could stand for accuracy: who judged the most, of equals who spoke last."""
    judged: Counter[str] = Counter()
    last: dict[str, int] = {}
    for run in runs:
        for given in run.scores:
            judged[given.verifier] += 1
            last[given.verifier] = max(last.get(given.verifier, 0), given.seq)
    return sorted(judged, key=lambda name: (-judged[name], -last[name], name))


def _usual(runs: Sequence[JudgedRun], measures: Sequence[str]) -> str:
    """Return RIGHT, unless nothing was right and a verifier tells degrees: a benchmark passed in part."""
    if any(run.outcome or any(each.is_right for each in run.samples) for run in runs):
        return RIGHT
    for name in measures:
        if any(s.verifier == name and 0 < s.share < 1 for run in runs for s in run.scores):
            return name
    return RIGHT


def _quality(run: JudgedRun, measure: str) -> Quality | None:
    if measure == RIGHT:
        return None if run.outcome is None else (float(run.outcome), 1)
    given = next((each for each in run.scores if each.verifier == measure), None)
    return None if given is None else (given.share, given.checks)


def _difficulties(
    runs: Sequence[JudgedRun], quality: Qualities, measure: str
) -> dict[str, Difficulty]:
    """Return how difficult each question is, by all answers to it among the runs."""
    right: defaultdict[str, float] = defaultdict(float)
    count: defaultdict[str, float] = defaultdict(float)
    for run in runs:
        known = [each for each in run.samples if each.is_right is not None]
        if measure == RIGHT and known:
            right[run.task] += sum(each.count for each in known if each.is_right)
            count[run.task] += sum(each.count for each in known)
        elif (told := quality.get(run.id)) is not None:
            right[run.task] += told[0]
            count[run.task] += 1
    found = {task: difficulty_of(right[task], of) for task, of in count.items()}
    return {task: each for task, each in found.items() if each is not None}


def _systems(runs: Sequence[JudgedRun], by: Sequence[By]) -> Systems:
    found: defaultdict[str, list[JudgedRun]] = defaultdict(list)
    for run in runs:
        parts = [KEYS[each](run) for each in by]
        found[" · ".join(filter(None, parts)) or spoken("not_recorded")].append(run)
    return dict(sorted(found.items()))


def _usual_rules(drawn: Mapping[str, Drawn]) -> tuple[Rule, ...]:
    """Return all rules, but for votes where counting them takes more than a second."""
    work = sum(work_of(each.questions) for each in drawn.values())
    return tuple(each for each in Rule if each is not Rule.VOTES or work <= WORK_AT_ONCE)


def _usual_axis(points: Sequence[Point]) -> Axis:
    if any(each.cost is not None for each in points):
        return Axis.COST
    return Axis.TOKENS if any(each.tokens is not None for each in points) else Axis.SAMPLES


def _marked(points: Sequence[Point], axis: Axis) -> tuple[list[Point], list[Marginal]]:
    """Return the points with those of the frontier marked, and the steps along it."""
    order = sorted(points, key=_place_on(axis))
    placed: dict[tuple[str, float, float], int] = {}
    for at, each in enumerate(order):
        where = each.at(axis)
        if where is not None and not each.is_oracle:
            # One sample is one sample, whatever rule would return it.
            placed.setdefault((each.system, where, each.accuracy.mean), at)
    values, places = [key[1:] for key in placed], list(placed.values())
    best = non_dominated(values)
    on = {places[each] for each in best}
    marked = [replace(each, on_frontier=at in on) for at, each in enumerate(order)]
    marginals = []
    for step in steps_between(values, best):
        start, end = marked[places[step.start]], marked[places[step.end]]
        is_sure = end.accuracy.interval.low > start.accuracy.interval.high
        marginals.append(Marginal(start, end, step.per_point, is_sure))
    return marked, marginals


def _place_on(axis: Axis) -> Callable[[Point], tuple[bool, float, float]]:
    def place(point: Point) -> tuple[bool, float, float]:
        where = point.at(axis)
        return where is None, where or 0.0, -point.accuracy.mean

    return place


def _of_system(runs: Sequence[JudgedRun], quality: Qualities) -> list[RunOfSystem]:
    return [
        RunOfSystem(
            id=run.id,
            name=run.name,
            share=quality[run.id][0] if run.id in quality else None,
            samples=sum(each.count for each in run.samples) or run.candidates,
            right=sum(each.count for each in run.samples if each.is_right)
            if run.samples and all(each.is_right is not None for each in run.samples)
            else None,
            cost=None if run.cost is None else float(run.cost),
            tokens=run.tokens,
        )
        for run in runs
    ]
