"""A process of its own for a bench: whatever is measured in it starts from nothing, and ends with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inspector.bench.stack import Stack

TREE = Path(__file__).resolve().parents[2]
SETTING_UP = """
import json, sys
sys.path[:0] = [".", "sdk"]
import django
django.setup()
"""


def run_beside(stack: Stack, code: str, *arguments: str, data_dir: Path) -> Any:
    """Run code with the settings of a bench's inspector, and return the JSON that it prints. Raises RuntimeError."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "inspector.settings",
        "DATABASE_URL": stack.database_url,
        "REDIS_URL": "unix:///nobody/listens/here",
        "DATA_DIR": str(data_dir),
    }
    return json.loads(run_alone(["-c", SETTING_UP + code, *arguments], environment))


def run_alone(command: list[str], environment: Mapping[str, str] = os.environ) -> str:
    """Run Python with these arguments in the project's folder, and return what it prints. Raises RuntimeError."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=TREE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout
