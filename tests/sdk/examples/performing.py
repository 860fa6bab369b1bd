"""Examples as programs of their own, reporting to a fake."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import stage
from deliberation import fake

EXAMPLES = Path(stage.__file__).parent


def begin(server: fake.Server, program: str, *arguments: str) -> subprocess.Popen[str]:
    """Start an example; what it prints is for `communicate`."""
    given = {"INSPECTOR_URL": server.url, "INSPECTOR_KEY": server.key, "INSPECTOR_SPOOL": "off"}
    return subprocess.Popen(
        [sys.executable, str(EXAMPLES / f"{program}.py"), *arguments],
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent), **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def perform(server: fake.Server, program: str, *arguments: str) -> str:
    """Play an example at full speed to its end; return what it printed. What waits for a person is approved."""
    server.decide_all("approve")
    with begin(server, program, "--pace", "0", *arguments) as process:
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()  # one that waits for ever would be waited for at the end of the block
    assert (process.returncode, err) == (0, "")
    return out
