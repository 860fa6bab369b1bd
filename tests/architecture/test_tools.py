"""What the tools say: ruff, mypy, missing migrations, system checks, and node's own tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command

from tests.architecture.tree import TREE, files


def run(*command: str) -> None:
    """Passes when the command does; its words are the failure's."""
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_ruff_finds_nothing() -> None:
    run(sys.executable, "-m", "ruff", "check", "--quiet", "--output-format=concise", ".")


def test_everything_is_formatted() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", "--output-format=concise", ".")


def test_mypy_finds_nothing() -> None:
    run(sys.executable, "-m", "mypy")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_the_system_checks_find_nothing() -> None:
    call_command("check", fail_level="WARNING", stdout=StringIO(), stderr=StringIO())


def test_javascript_passes_its_own_tests() -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip(
            "node is not installed; the modules in static/js are tested by the browser only"
        )
    tests = [str(path) for path in files("tests/js", suffix=".js") if path.stem.endswith(".test")]
    # All in one process: its own --test starts one for each file, which costs more than what they try.
    run(node, "--input-type=module", "--eval", "".join(f"import {test!r};" for test in tests))
