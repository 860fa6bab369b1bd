"""The points of accuracy against cost: each system as its runs were recorded, and along its curves."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from traces.analytics.difficulty import Difficulty
from traces.analytics.task_mean import TaskMean, mean_over_tasks
from traces.analytics.turning_point import turning_point
from traces.analytics.undefined import Undefined
from traces.queries.frontier_curves import (
    MOST_WORK,
    Question,
    Rule,
    points_to,
    question_of,
    same_at_all,
    shares_by,
    work_of,
)
from traces.queries.frontier_rows import InBin, Missing, Point, Turned
from traces.queries.judged_runs import JudgedRun

Quality = tuple[float, int]
"""What a run counts for, 0 to 1, and of how many outcomes that is made."""
Qualities = dict[uuid.UUID, Quality]
"""By run; of one that is not here nothing is known."""
WORTH_TELLING = 0.005
"""How much lower, of 1, a curve must end than it was to be called one of which more compute made it worse."""
Systems = dict[str, list[JudgedRun]]
"""By what a system is called."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What curves of a system are made of: the same questions at each N up to `most`; `short` have fewer samples."""

    questions: Sequence[Question]
    most: int
    short: int


def drawn_by(systems: Systems) -> dict[str, Drawn]:
    """Return the samples of the systems that have at least two of a question."""
    found = {}
    for name, runs in systems.items():
        told = map(question_of, _by_task(runs).values())
        questions = [each for each in told if each is not None]
        whole, most = same_at_all(questions)
        if most > 1:
            found[name] = Drawn(whole, most, len(questions) - len(whole))
    return found


def curves_of(
    systems: Systems, drawn: Mapping[str, Drawn], rules: Sequence[Rule]
) -> tuple[list[Point], list[Missing]]:
    """Return the points of all curves, and the curves that cannot be computed."""
    points: list[Point] = []
    missing: list[Missing] = []
    room = MOST_WORK
    for name, each in drawn.items():
        for rule in rules:
            if rule is Rule.VOTES:
                room -= work_of(each.questions)
            made = Undefined.TOO_MANY_SAMPLES if room < 0 and rule is Rule.VOTES else None
            curve = made or _curve(name, systems[name], rule, each)
            if isinstance(curve, Undefined):
                missing.append(Missing(name, rule, curve))
            else:
                points += curve
    return points, missing


def turned_of(points: Sequence[Point]) -> list[Turned]:
    """Return the curves of which more compute made it worse, each with its best point and its last."""
    curves: defaultdict[tuple[str, Rule | None], list[Point]] = defaultdict(list)
    for each in points:
        curves[each.system, each.rule].append(each)
    found = []
    for curve in curves.values():
        turning = turning_point((at, each.accuracy.mean) for at, each in enumerate(curve))
        if turning is not None and turning.best - turning.end >= WORTH_TELLING:
            found.append(Turned(curve[turning.at], curve[-1]))
    return found


def points_recorded(systems: Systems, quality: Qualities) -> list[Point]:
    """Return the systems as they were recorded, where anything says how they did."""
    found = (recorded_of(name, runs, quality) for name, runs in systems.items())
    return [each for each in found if each is not None]


def recorded_of(name: str, runs: Sequence[JudgedRun], quality: Qualities) -> Point | None:
    """Return one system as recorded; None where nothing says of any of its runs how it did."""
    counted = [run for run in runs if run.id in quality]
    tasks = _by_task(counted)
    shares = [fsum(quality[run.id][0] for run in each) / len(each) for each in tasks.values()]
    accuracy = mean_over_tasks(shares, sum(quality[run.id][1] for run in counted))
    if isinstance(accuracy, Undefined):
        return None
    return Point(
        system=name,
        rule=None,
        n=fsum(max(1, run.candidates) for run in counted) / len(counted),
        accuracy=accuracy,
        cost=_mean_of_tasks(tasks, lambda run: None if run.cost is None else float(run.cost)),
        tokens=_mean_of_tasks(tasks, lambda run: run.tokens),
        runs=len(counted),
        costed=sum(run.cost is not None for run in counted),
        unknown=len(runs) - len(counted),
        is_estimated=False,
    )


def _curve(
    name: str, runs: Sequence[JudgedRun], rule: Rule, drawn: Drawn
) -> list[Point] | Undefined:
    questions, at = drawn.questions, points_to(drawn.most)
    shares = shares_by(rule, questions, at)
    if isinstance(shares, Undefined):
        return shares
    costs = [each.cost for each in questions if each.cost is not None]
    tokens = [each.tokens for each in questions if each.tokens is not None]
    outcomes = sum(each.count for each in questions)
    made = []
    for n, column in zip(at, shares, strict=True):
        accuracy = mean_over_tasks(column, outcomes)
        if isinstance(accuracy, Undefined):
            return accuracy
        made.append(
            Point(
                system=name,
                rule=rule,
                n=n,
                accuracy=accuracy,
                cost=n * fsum(costs) / len(costs) if costs else None,
                tokens=n * fsum(tokens) / len(tokens) if tokens else None,
                runs=len(runs),
                costed=sum(run.cost is not None for run in runs),
                unknown=0,
                is_estimated=True,
            )
        )
    return made


def _by_task(runs: Sequence[JudgedRun]) -> dict[str, list[JudgedRun]]:
    found: defaultdict[str, list[JudgedRun]] = defaultdict(list)
    for run in runs:
        found[run.task].append(run)
    return found


def _mean_of_tasks(
    tasks: dict[str, list[JudgedRun]], amount: Callable[[JudgedRun], float | None]
) -> float | None:
    means = []
    for runs in tasks.values():
        known = [found for run in runs if (found := amount(run)) is not None]
        if known:
            means.append(fsum(known) / len(known))
    return fsum(means) / len(means) if means else None


def by_bin(
    systems: Systems,
    quality: Qualities,
    bins: dict[str, Difficulty],
) -> list[InBin]:
    """Return how each system does on the questions of each bin."""
    table = []
    for difficulty in Difficulty:
        found: dict[str, TaskMean] = {}
        for name, runs in systems.items():
            here = [run for run in runs if bins.get(run.task) is difficulty]
            accuracy = _accuracy(here, quality)
            if accuracy is not None:
                found[name] = accuracy
        table.append(InBin(difficulty, sum(each is difficulty for each in bins.values()), found))
    return table


def _accuracy(runs: Sequence[JudgedRun], quality: Qualities) -> TaskMean | None:
    """Return how runs do as recorded; where none has an outcome, what one sample of theirs does."""
    recorded = recorded_of("", runs, quality)
    if recorded is not None:
        return recorded.accuracy
    questions = [each for each in map(question_of, _by_task(runs).values()) if each is not None]
    shares = [each.right / each.count for each in questions if each.count]
    found = mean_over_tasks(shares, sum(each.count for each in questions))
    return None if isinstance(found, Undefined) else found
