"""Exact arithmetic on expressions written by others."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction

NAME = "calculator@1"
OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate(expression: str) -> tuple[Fraction, list[int]]:
    """Return the value of an expression of integers, + − * / and brackets, and the integers in it,
    sorted.

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
    return value_of(tree.body), sorted(numbers)
