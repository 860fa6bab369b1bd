"""Exact arithmetic on expressions written by others: the verifier that makes no mistakes."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

CALCULATOR = "calculator@1"
OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Evaluated(NamedTuple):
    """The value of an expression, and the integers that stand in it, sorted."""

    value: Fraction
    numbers: list[int]


def evaluate(expression: str) -> Evaluated:
    """Return the value of an expression of integers, + − * / and brackets, in fractions.

    Raises ValueError for anything else, ZeroDivisionError for a division by zero.
    """
    numbers: list[int] = []

    def value_of(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](value_of(node.left), value_of(node.right))
        if isinstance(node, ast.Constant) and type(node.value) is int:
            numbers.append(node.value)
            return Fraction(node.value)
        raise ValueError(f"not arithmetic: {ast.unparse(node)}")

    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"not an expression: {error.msg}") from None
    return Evaluated(value_of(tree.body), sorted(numbers))
