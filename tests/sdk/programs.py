"""Programs of their own process, instrumented, reporting to a fake."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

# Whoever runs the suite in a shell's background lets it, and all that it starts, ignore interrupts.
PREAMBLE = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import deliberation as dl
dl.configure(url=sys.argv[1], key=sys.argv[2], spool=sys.argv[3], exit_seconds=30)
"""


class Program(subprocess.Popen):
    """A program that does not outlive the test that started it with `with`."""

    def __exit__(self, *raised):
        if raised[0] is not None:
            self.kill()
        return super().__exit__(*raised)


def start(script, server, spool, **more):
    """Start a program; its output is a pipe."""
    code = PREAMBLE + textwrap.dedent(script)
    return Program(
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
