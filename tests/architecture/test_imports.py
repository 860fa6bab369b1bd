"""Imports go down only, and the SDK needs nothing but Python."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.tree import TREE

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
