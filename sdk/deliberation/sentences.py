"""The sentences that stand below enum members, which Python itself throws away."""

from __future__ import annotations

import ast
import inspect
import textwrap
from enum import Enum


def summary_of(kind: type) -> str:
    """Return a class's docstring, unindented."""
    return inspect.cleandoc(kind.__doc__ or "")


def sentences_of(kind: type[Enum]) -> dict[str, str]:
    """Return member name → the sentence below it.

    Raises KeyError later for a member without one.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    told: dict[str, str] = {}
    name = ""
    assert isinstance(tree.body[0], ast.ClassDef)
    for statement in tree.body[0].body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            told.setdefault(name, str(statement.value.value))
    return told


def members_of(kind: type[Enum]) -> list[tuple[str, str]]:
    """Return each member's value with its sentence, in the order of the enum."""
    told = sentences_of(kind)
    return [(str(member.value), told[member.name]) for member in kind]
