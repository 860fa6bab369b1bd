"""Imports go down only, and the SDK needs nothing but Python."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.architecture.tree import TREE, files, name, nodes

HOUSE = ("inspector", "ingest", "traces")

ALONE = """
import importlib, pkgutil, sys
sys.path.insert(0, "sdk")
import deliberation
for found in pkgutil.walk_packages(deliberation.__path__, "deliberation."):
    if found.name.endswith("__main__"):
        continue
    try:
        importlib.import_module(found.name)
    except ModuleNotFoundError as error:
        # The OpenTelemetry processor is an extra; nothing else may be missing.
        assert error.name.partition(".")[0] == "opentelemetry", error
strangers = {"django", "orjson", "channels", "celery"} & set(sys.modules)
assert not strangers, strangers
"""


def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=TREE,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{TREE}:{TREE / 'sdk'}", "NO_COLOR": "1", "TERM": "dumb"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sdk_needs_the_standard_library_only() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE],
        cwd=TREE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_examples_need_the_sdk_and_the_standard_library_only() -> None:
    examples = files("sdk/examples", suffix=".py")
    known = {path.stem for path in examples} | sys.stdlib_module_names | {"deliberation"}
    assert len(examples) > 5
    assert not {f"{name(path)}: {each}" for path in examples for each in imported(path) - known}


def test_what_runs_is_installed_by_make_run() -> None:
    """The suite has more installed than a user has; an import from that would pass here only."""
    lock = (TREE / "requirements.lock").read_text()
    to_run = set(re.findall(r"^([\w.-]+)==", lock.partition("# -- test --")[0], re.MULTILINE))
    owners = packages_distributions()
    strangers = {
        f"{name(path)}: {module}"
        for path in files(*HOUSE, suffix=".py")
        for module in imported(path) - {"deliberation"}
        if module in owners and not {canonical(owner) for owner in owners[module]} & to_run
    }
    assert not strangers


def imported(path: Path) -> set[str]:
    """The top-level names of a module's absolute imports; `google` is many packages' name."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {module.partition(".")[0] for module in found}


def canonical(distribution: str) -> str:
    """The name as the lock spells it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_the_namespace_google_is_installed_by_make_run() -> None:
    lock = (TREE / "requirements.lock").read_text().partition("# -- test --")[0]
    assert "googleapis-common-protos==" in lock
    assert "\nprotobuf==" in lock
