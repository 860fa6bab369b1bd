"""The game and its verifier, against a brute force that shares no code with them."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement, product

import pytest

from arithmetic import evaluate
from twenty_four import closeness, deal, is_solvable, moves, puzzle, start, values_of

QUADRUPLES = list(combinations_with_replacement(range(1, 14), 4))
SHAPES = ("(({}{}{}){}{}){}{}", "({}{}({}{}{})){}{}", "({}{}{}){}({}{}{})", "{}{}(({}{}{}){}{})",
    "{}{}({}{}({}{}{}))")  # fmt: skip


@cache
def reachable(numbers: tuple[int, ...]) -> frozenset[float]:
    """Every value that numbers can take, by every way to part them in two."""
    if len(numbers) == 1:
        return frozenset({float(numbers[0])})
    found: set[float] = set()
    for size in range(1, len(numbers)):
        for chosen in combinations(range(len(numbers)), size):
            left = tuple(numbers[i] for i in chosen)
            right = tuple(n for i, n in enumerate(numbers) if i not in chosen)
            for a, b in product(reachable(left), reachable(right)):
                found |= {a + b, a - b, a * b, a / b if b else a}
    return frozenset(found)


def test_it_works():
    assert puzzle("1,2,4,7") == (1, 2, 4, 7)
    assert is_solvable(values_of(start((1, 2, 4, 7))))


def test_24_can_be_made_of_1362_of_the_1820_quadruples_and_brute_force_agrees_on_each_tenth():
    ours = {each for each in QUADRUPLES if is_solvable(tuple(map(Fraction, each)))}
    tenth = set(QUADRUPLES[::10])
    theirs = {each for each in tenth if any(abs(found - 24) < 1e-9 for found in reachable(each))}
    assert (len(QUADRUPLES), len(ours)) == (1820, 1362)
    assert ours & tenth == theirs


def test_the_calculator_agrees_with_python_on_every_shape_of_expression():
    chance = random.Random(24)
    for shape in SHAPES:
        for _ in range(200):
            numbers = chance.choices(range(1, 14), k=4)
            signs = chance.choices("+-*/", k=3)
            words = [str(numbers[0])]
            for sign, number in zip(signs, numbers[1:], strict=True):
                words += [sign, str(number)]
            expression = shape.format(*words)
            try:
                expected = eval(expression)
            except ZeroDivisionError:
                with pytest.raises(ZeroDivisionError):
                    evaluate(expression)
                continue
            value, used = evaluate(expression)
            assert float(value) == pytest.approx(expected)
            assert used == sorted(numbers)


def test_the_calculator_is_exact_where_floats_are_not():
    assert 8 / (3 - 8 / 3) != 24
    assert evaluate("8 / (3 - 8 / 3)").value == 24


@pytest.mark.parametrize("expression", ["__import__('os')", "2 ** 9", "1.5 + 1", "(1", "a", "True"])
def test_the_calculator_takes_nothing_but_arithmetic(expression):
    with pytest.raises(ValueError, match="not a"):
        evaluate(expression)


def test_every_expression_on_the_way_evaluates_to_its_number():
    for one in moves(start((2, 3, 5, 7))):
        for two in moves(one.after):
            assert all(evaluate(term.text).value == term.value for term in two.after)


def test_what_is_dealt_can_be_solved():
    dealt = [deal(random.Random(seed)) for seed in range(50)]
    assert all(is_solvable(tuple(map(Fraction, each))) for each in dealt)
    assert len(set(dealt)) > 40


def test_closeness_is_1_exactly_when_24_is_there_or_one_move_away():
    assert closeness(start((4, 6))) == 1
    assert closeness(start((24, 5))) == 1
    assert closeness(start((5, 5))) == 0.5
    assert closeness(start((1, 1))) < 0.1


@pytest.mark.parametrize("text", ["1,2,3", "1,2,3,4,5", "0,1,2,3", "1,2,3,14", "a,b,c,d", ""])
def test_a_puzzle_is_four_numbers_from_1_to_13(text):
    with pytest.raises(ValueError):
        puzzle(text)
