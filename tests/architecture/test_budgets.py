"""Files and functions stay small, modules say what they are for, and names say what they hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

from tests.architecture.tree import SOURCE, classes, files, functions, is_written, name, nodes

LONGEST_FILE = 300
LONGEST_TEST = 400
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 10
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager)(_|$)")
VAGUE_CLASS = re.compile(r"(Service|Manager|Helper|Util)s?$")

written = [path for path in files(*SOURCE, suffix=".py") if is_written(path)]


def test_no_file_is_longer_than_the_budget() -> None:
    long = {name(path): count for path in written if (count := lines(path)) > LONGEST_FILE}
    assert not long


def test_no_test_is_longer_than_its_budget() -> None:
    tests = files("tests", suffix=".py")
    assert not {name(path): count for path in tests if (count := lines(path)) > LONGEST_TEST}


def test_no_function_is_longer_than_the_budget() -> None:
    long = {
        f"{name(path)}:{found.lineno} {found.name}": size(found)
        for path in written
        for found in functions(path)
        if size(found) > LONGEST_FUNCTION
    }
    assert not long


def test_the_median_function_is_short() -> None:
    assert median(size(found) for path in written for found in functions(path)) < MEDIAN_FUNCTION


def test_every_module_says_what_it_is_for() -> None:
    assert not [name(path) for path in written if not ast.get_docstring(module(path))]


def test_no_module_and_no_class_has_a_vague_name() -> None:
    vague = [name(path) for path in written if VAGUE.search(path.stem)]
    vague += [
        f"{name(path)}:{found.lineno} {found.name}"
        for path in written
        for found in classes(path)
        if VAGUE_CLASS.search(found.name)
    ]
    assert not vague


def test_no_signal_and_no_overridden_save() -> None:
    found = [
        f"{name(path)}:{found.lineno}"
        for path in written
        if not name(path).startswith("sdk")
        for found in functions(path)
        if found.name in {"save", "delete"} and _is_method_of_model(path, found.lineno)
    ]
    signals = [name(path) for path in written if "django.db.models.signals" in path.read_text()]
    assert not found + signals


def _is_method_of_model(path: Path, line: int) -> bool:
    for found in classes(path):
        if found.lineno <= line <= (found.end_lineno or 0):
            return any("Model" in ast.unparse(base) for base in found.bases)
    return False


def module(path: Path) -> ast.Module:
    first = nodes(path)[0]
    assert isinstance(first, ast.Module)
    return first


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def size(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, without its docstring: a promise is not what makes a function long."""
    end = node.end_lineno or node.lineno
    promise = node.body[0] if ast.get_docstring(node) else None
    told = (promise.end_lineno or 0) - promise.lineno + 1 if promise else 0
    return end - node.lineno + 1 - told
