"""What more samples would have bought, over many questions: by an oracle, by votes, by a verifier's best score."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb, fsum

from traces.analytics.pass_at_k import pass_at_k
from traces.analytics.undefined import Undefined
from traces.analytics.vote_curve import maj_curve
from traces.queries.judged_runs import JudgedRun
from traces.queries.judged_samples import Sampled

SERIES = (1, 2, 5)
ENOUGH = 10
"""One in so many questions may have fewer samples than a curve goes to; it is left out, and counted."""
WORK_AT_ONCE, MOST_WORK = 3e7, 2e8
"""Votes take some 25 ns times the cube of a question's samples. What takes more than a second is counted when it is
asked for, and what takes more than five is not."""


class Rule(StrEnum):
    """What returns an answer of N samples."""

    ANY = "any"
    """Any of them right, pass@N: an oracle's choice, which nobody has."""
    VOTES = "votes"
    """The answer that most have, maj@N."""
    BEST = "best"
    """The one that a verifier scores highest, best of N."""


@dataclass(frozen=True, slots=True)
class Question:
    """The samples of one question, of however many runs, and what one costs on average: dollars and tokens."""

    samples: Sequence[Sampled]
    cost: float | None
    tokens: float | None

    @property
    def count(self) -> int:
        """How many samples."""
        return sum(each.count for each in self.samples)

    @property
    def right(self) -> int:
        """How many of them are right."""
        return sum(each.count for each in self.samples if each.is_right)


def question_of(runs: Sequence[JudgedRun]) -> Question | None:
    """Return the samples that runs of one question drew; None where it is not known of each whether it is right."""
    samples: list[Sampled] = []
    for run in runs:
        if run.samples:
            samples += run.samples
        elif run.outcome is not None:
            samples.append(Sampled(None, run.outcome, None, 1))
        else:
            return None
    if any(each.is_right is None for each in samples):
        return None
    count = sum(each.count for each in samples)
    costs = [float(run.cost) for run in runs if run.cost is not None]
    tokens = [run.tokens for run in runs if run.tokens is not None]
    return Question(
        samples,
        fsum(costs) / count if len(costs) == len(runs) else None,
        sum(tokens) / count if len(tokens) == len(runs) else None,
    )


def same_at_all(questions: Sequence[Question]) -> tuple[list[Question], int]:
    """Return the questions of a curve, the same at each N, and to how many samples it goes; 0 without any."""
    counts = sorted(each.count for each in questions)
    if not counts:
        return [], 0
    most = counts[len(counts) // ENOUGH]
    return [each for each in questions if each.count >= most], most


def points_to(most: int) -> list[int]:
    """Return 1, 2, 5, 10, 20, 50, … up to so many, and that number itself."""
    found = [one * 10**power for power in range(6) for one in SERIES if one * 10**power < most]
    return [*found, most] if most else []


def shares_by(
    rule: Rule, questions: Sequence[Question], points: Sequence[int]
) -> list[list[float]] | Undefined:
    """Return for each N what each question's chance of a right answer is by a rule, 0 to 1."""
    by_question: list[list[float]] = []
    for each in questions:
        found = CHANCES[rule](each, points)
        if isinstance(found, Undefined):
            return found
        by_question.append(found)
    return [list(column) for column in zip(*by_question, strict=True)]


def work_of(questions: Sequence[Question]) -> float:
    """Return how much votes over these have to count; where nothing is right, nothing."""
    return sum(float(each.count) ** 3 for each in questions if each.right)


def _any(question: Question, points: Sequence[int]) -> list[float] | Undefined:
    found = []
    for n in points:
        chance = pass_at_k(question.count, question.right, n)
        if isinstance(chance, Undefined):
            return chance
        found.append(chance)
    return found


def _votes(question: Question, points: Sequence[int]) -> list[float] | Undefined:
    sizes: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for each in question.samples:
        if each.label is not None:
            sizes[each.label] += each.count
            right[each.label] += each.count if each.is_right else 0
    if not sizes:
        return Undefined.NO_VOTES
    answers = [(size, right[label]) for label, size in sizes.items()]
    curve = maj_curve(answers, question.count - sum(sizes.values()), points)
    return curve if isinstance(curve, Undefined) else list(curve)


def _best(question: Question, points: Sequence[int]) -> list[float] | Undefined:
    by_score: defaultdict[float, list[int]] = defaultdict(lambda: [0, 0])
    for each in question.samples:
        if each.score is None:
            return Undefined.NO_SCORES
        by_score[each.score][0] += each.count
        by_score[each.score][1] += each.count if each.is_right else 0
    groups = [tuple(by_score[score]) for score in sorted(by_score)]
    return [_best_of(groups, question.count, n) for n in points]


def _best_of(groups: Sequence[tuple[int, ...]], count: int, n: int) -> float:
    """Return the chance that the best scored of n is right: equal scores, worst first, as (samples, right ones)."""
    below, total, found = 0, comb(count, n), 0.0
    for size, right in groups:
        ways = comb(below + size, n) - comb(below, n)
        found += ways / total * right / size
        below += size
    return found


CHANCES = {Rule.ANY: _any, Rule.VOTES: _votes, Rule.BEST: _best}
