"""Self-consistency: a hundred attempts at one sum by a solver that slips, and a vote.

The solver multiplies and adds digit by digit, as on paper. At each carry it may forget the carry,
and now and then it loses its place and says so instead of giving a number. It is a seeded program:
its slips are real, and the same each time.
"""

from __future__ import annotations

import random
import re
from collections import Counter

from deliberation.client import Node, Run
from traces.demo.calculator import NAME as CALCULATOR
from traces.demo.calculator import evaluate
from traces.demo.stage import Stage

SAMPLES = 100
EXPRESSION = "347 * 286 + 1295"
SLIP = 0.07
LOST = 0.004
SEED = 24
NORMALISER = "last integer@1"


class LostPlace(Exception):
    """The solver no longer knows where in the sum it is."""


def run_self_consistency(stage: Stage) -> Run:
    """Draw the samples and take the vote; return the run, ended."""
    params = {"samples": SAMPLES, "slip": SLIP, "lost": LOST, "seed": SEED}
    with stage.run(
        "self-consistency",
        f"What is {EXPRESSION}?",
        strategy="self_consistency",
        name="Self-consistency: a sum by a solver that slips",
        params=params,
    ) as run:
        samples = [_draw(run, rank) for rank in range(SAMPLES)]
        _vote(run, samples)
    return run


def _draw(run: Run, rank: int) -> tuple[Node, str | None]:
    solver = Solver(random.Random(f"{SEED}/{rank}"))
    with run.node("sample", rank=rank) as sample:
        answer = solver.solve()
        sample.finish(output="\n".join(solver.lines))
    parsed = normalise(answer)
    right = None if parsed is None else parsed == str(evaluate(EXPRESSION)[0])
    sample.candidate(
        answer=answer, normalised=parsed, normaliser=NORMALISER, cluster=parsed, correct=right
    )
    return sample, parsed


def _vote(run: Run, samples: list[tuple[Node, str | None]]) -> None:
    votes = Counter(parsed for _, parsed in samples if parsed is not None)
    (winner, most), *others = votes.most_common()
    second, second_votes = others[0] if others else (None, 0)
    with run.node("aggregate", name="majority vote") as aggregate:
        for sample, parsed in samples:
            if parsed is not None:
                sample.edge("votes_into", aggregate)
        aggregate.finish(output=dict(votes.most_common()))
    firsts = {parsed: sample for sample, parsed in reversed(samples)}
    selected = firsts[winner]
    for sample, parsed in samples:
        if parsed is None:
            sample.discard("invalid", by=NORMALISER)
            continue
        sample.candidate(votes=votes[parsed])
        if parsed != winner:
            sample.discard("outvoted", by="majority", votes=votes[parsed], cutoff=most)
        elif sample is not selected:
            sample.keep(by="majority", votes=most)
    _check(selected, winner)
    run.select(
        selected,
        rule="majority",
        margin=most - second_votes,
        margin_unit="votes",
        runner_up=firsts[second] if second else None,
    )
    run.finish(answer=winner, selected=selected, confidence=most / len(samples))


def _check(selected: Node, answer: str) -> None:
    exact, _ = evaluate(EXPRESSION)
    selected.verdict(
        "calculator",
        outcome="accept" if answer == str(exact) else "reject",
        verifier=CALCULATOR,
        independence="deterministic",
        saw_reference=False,
        rationale=f"{EXPRESSION} = {exact}",
    )


def normalise(answer: str) -> str | None:
    """Return the last integer in an answer, or None when there is none."""
    found = re.findall(r"-?\d+", answer)
    return found[-1] if found else None


class Solver:
    """Arithmetic as on paper, by somebody who is tired. `lines` is what stands on the paper."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.lines: list[str] = []

    def solve(self) -> str:
        """Return the answer in words."""
        try:
            product = self._multiply(347, 286)
            total = self._add(product, 1295)
        except LostPlace:
            self.lines.append("I have lost my place.")
            return "I cannot say."
        return f"The answer is {total}."

    def _multiply(self, left: int, right: int) -> int:
        total = 0
        for place, digit in enumerate(_digits(right)):
            row = self._multiply_digit(left, digit) * 10**place
            self.lines.append(f"{left} × {digit * 10**place} = {row}")
            total = self._add(total, row) if place else row
        self.lines.append(f"{left} × {right} = {total}")
        return total

    def _multiply_digit(self, number: int, digit: int) -> int:
        carry = written = 0
        for place, each in enumerate(_digits(number)):
            carry, kept = divmod(each * digit + carry, 10)
            written += kept * _power(place)
            carry = self._carry(carry)
        return written + carry * _power(len(str(number)))

    def _add(self, left: int, right: int) -> int:
        carry = written = 0
        length = max(len(str(left)), len(str(right)))
        for place in range(length):
            column = left // 10**place % 10 + right // 10**place % 10 + carry
            carry, kept = divmod(column, 10)
            written += kept * _power(place)
            carry = self._carry(carry)
        total = written + carry * _power(length)
        self.lines.append(f"{left} + {right} = {total}")
        return total

    def _carry(self, carry: int) -> int:
        if self._chance.random() < LOST:
            raise LostPlace
        return 0 if carry and self._chance.random() < SLIP else carry


def _digits(number: int) -> list[int]:
    return [int(digit) for digit in reversed(str(number))]


def _power(place: int) -> int:
    return int(10**place)
