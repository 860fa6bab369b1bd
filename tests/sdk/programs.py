"""Programs of their own process, instrumented, reporting to a fake."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

PREAMBLE = """
import os, sys, time
import deliberation as dl
dl.configure(url=sys.argv[1], key=sys.argv[2], spool=sys.argv[3])
"""


def start(script, server, spool, **more):
    """Start a program; its output is a pipe."""
    code = PREAMBLE + textwrap.dedent(script)
    return subprocess.Popen(
        [sys.executable, "-c", code, server.url, server.key, str(spool)],
        stdout=subprocess.PIPE,
        text=True,
        env=environ(),
        **more,
    )


def run_to_its_end(script, server, spool):
    """Return what a program that must succeed has printed."""
    with start(script, server, spool) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return output


def environ():
    """Return an environment in which the SDK can be imported."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
