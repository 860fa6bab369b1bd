"""What the architecture tests look at."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
SOURCE = ("inspector", "ingest", "traces", "sdk/deliberation", "sdk/examples")


@cache
def tracked() -> list[Path]:
    """The files of the project: those that git knows, and those it would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=TREE,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [TREE / name for name in listed.stdout.splitlines()]
    else:  # an unpacked archive
        hidden = {".venv", ".data", "node_modules", ".git"}
        paths = [path for path in TREE.rglob("*") if not hidden & set(path.parts)]
    return [path for path in paths if path.is_file()]


def files(*folders: str, suffix: str) -> list[Path]:
    """Those below the folders with this suffix."""
    roots = [TREE / folder for folder in folders]
    return [
        path
        for path in tracked()
        if path.suffix == suffix and any(path.is_relative_to(root) for root in roots)
    ]


def name(path: Path) -> str:
    """The path from the tree's root, for messages."""
    return path.relative_to(TREE).as_posix()


def is_written(path: Path) -> bool:
    """Not a migration, which a machine wrote."""
    return "migrations" not in path.parts


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a module, its own first. Read once for all tests: there are a thousand modules."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    return (
        node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def classes(path: Path) -> Iterator[ast.ClassDef]:
    """Every class of a module."""
    return (node for node in nodes(path) if isinstance(node, ast.ClassDef))
