"""The game of 24: make 24 of four numbers, using each once, with + - * / and brackets."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import deliberation as dl
from arithmetic import CALCULATOR, evaluate

TARGET = Fraction(24)
CLOSENESS = "closeness@1"


class Term(NamedTuple):
    """A number on the table, and how it was made."""

    value: Fraction
    text: str


State = tuple[Term, ...]
"""The numbers on the table; with one left the game is over."""

Values = tuple[Fraction, ...]
"""The numbers alone, sorted: what is the same here is the same position, however it was reached."""


class Move(NamedTuple):
    """Two numbers made into one: in words, and the state after it."""

    text: str
    after: State


def deal(chance: random.Random) -> tuple[int, ...]:
    """Return four numbers from 1 to 13, sorted, of which 24 can be made."""
    while True:
        numbers = tuple(sorted(chance.choices(range(1, 14), k=4)))
        if is_solvable(tuple(map(Fraction, numbers))):
            return numbers


def puzzle(text: str) -> tuple[int, ...]:
    """Read four numbers from 1 to 13, with commas between them; ValueError for anything else."""
    numbers = tuple(map(int, text.split(",")))
    if len(numbers) != 4 or not all(1 <= number <= 13 for number in numbers):
        raise ValueError("four numbers from 1 to 13 are needed")
    return numbers


def task_of(numbers: Iterable[int]) -> str:
    """Return the puzzle in words."""
    return f"Use {show(numbers)} once each, with + - * / and brackets, to make 24."


def start(numbers: Iterable[int]) -> State:
    """Return the state before the first move."""
    return tuple(Term(Fraction(number), str(number)) for number in numbers)


def moves(state: State) -> Iterator[Move]:
    """Yield each move from a state."""
    for one, other, rest in pairs(state):
        for a, sign, b, value in combine(one, other):
            after = (*rest, Term(value, f"({a.text} {sign} {b.text})"))
            left = show(term.value for term in after)
            yield Move(f"{a.value} {sign} {b.value} = {value}  (left: {left})", after)


def pairs(state: State) -> Iterator[tuple[Term, Term, State]]:
    """Yield each two numbers of a state, and the rest of it."""
    for (i, one), (j, other) in combinations(enumerate(state), 2):
        yield one, other, tuple(term for k, term in enumerate(state) if k not in (i, j))


def combine(one: Term, other: Term) -> Iterator[tuple[Term, str, Term, Fraction]]:
    """Yield each way to combine two numbers: left, sign, right, and what it makes."""
    yield one, "+", other, one.value + other.value
    yield one, "*", other, one.value * other.value
    for left, right in ((one, other), (other, one)):
        yield left, "-", right, left.value - right.value
        if right.value:
            yield left, "/", right, left.value / right.value


def values_of(state: State) -> Values:
    """Return the position of a state."""
    return tuple(sorted(term.value for term in state))


def expression_of(state: State) -> str:
    """Return what the game ended with, without the brackets around the whole."""
    ((_, text),) = state
    return text[1:-1]


@lru_cache(maxsize=50_000)
def is_solvable(values: Values) -> bool:
    """Return whether 24 can be made of these, by trying everything."""
    if len(values) == 1:
        return values[0] == TARGET
    state = tuple(Term(value, "") for value in values)
    return any(
        is_solvable(tuple(sorted([*(term.value for term in rest), made])))
        for one, other, rest in pairs(state)
        for *_, made in combine(one, other)
    )


def closeness(state: State) -> float:
    """Return 1 / (1 + d), where d is how close to 24 any one number, or any two combined, come.

    It is 1 when 24 is there or one move away, and short-sighted otherwise.
    """
    reached = [term.value for term in state]
    reached += [made for one, other, _ in pairs(state) for *_, made in combine(one, other)]
    return float(1 / (1 + min(abs(TARGET - value) for value in reached)))


def verify(node: dl.Node, state: State, numbers: Iterable[int]) -> bool:
    """Have the calculator judge what a game ended with; return whether it accepts.

    It reads the expression as anybody would: the value must be 24, and each number used once.
    """
    expression = expression_of(state)
    value, used = evaluate(expression)
    is_right = value == TARGET and used == sorted(numbers)
    verdict = node.verdict(
        "calculator",
        outcome="accept" if is_right else "reject",
        verifier=CALCULATOR,
        independence="deterministic",
        saw_reference=False,
        rationale=f"{expression} = {value}, of the numbers {show(used)}",
    )
    if not is_right:
        node.discard("verifier_rejected", by=CALCULATOR, verdict=verdict)
    return is_right


def show(numbers: Iterable[int | Fraction]) -> str:
    """Return numbers as one reads them."""
    return " ".join(map(str, numbers))
