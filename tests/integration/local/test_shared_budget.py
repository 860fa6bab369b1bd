"""Programs of several processes spend from one run, against a whole inspector."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from inspector.env import read_assignments
from tests.integration.local.instances import TREE, Instance

ALLOWED = 20
OTHERS = 3
# Each begins calls until it is stopped, and says how many there were.
OTHER = """
import sys, time, deliberation as dl
begun = 0
try:
    with dl.join(sys.argv[1]) as run:
        while True:
            with run.model_call(model="m") as call:
                begun += 1
                time.sleep(0.01)
                call.finish(cost="0.01")
except dl.Stopped:
    print("begun", begun, flush=True)
"""
PROGRAM = """
import subprocess, sys, time, deliberation as dl
begun = 0
try:
    with dl.run("a question", budget={"model_calls": int(sys.argv[2])}, shared=True) as run:
        start = [sys.executable, "-c", sys.argv[1], run.id]
        others = [subprocess.Popen(start) for _ in range(int(sys.argv[3]))]
        while True:
            with run.model_call(model="m") as call:
                begun += 1
                time.sleep(0.2)  # so that the others come to it
                call.finish(cost="0.01")
except dl.LimitExceeded:
    print("begun", begun, flush=True)
for other in others:
    other.wait(60)
"""


def run_program(instance: Instance) -> list[int]:
    """How many calls each of its processes began."""
    known = read_assignments(Path(instance.data_dir) / "local.env")
    env = os.environ | {
        "PYTHONPATH": str(TREE / "sdk"),
        "INSPECTOR_URL": f"http://127.0.0.1:{instance.port}",
        "INSPECTOR_KEY": known["INSPECTOR_KEY"],
    }
    command = [sys.executable, "-c", PROGRAM, OTHER, str(ALLOWED), str(OTHERS)]
    done = subprocess.run(
        command, env=env, text=True, capture_output=True, timeout=120, check=False
    )
    told = [line.split() for line in done.stdout.splitlines()]
    assert len(told) == OTHERS + 1, done.stderr
    return [int(count) for _, count in told]


def test_no_call_too_many_is_begun_while_nothing_is_recorded(running: Instance) -> None:
    workers = [pid for pid, line in running.children().items() if "celery" in line]
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        begun = run_program(running)
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    assert sum(begun) == ALLOWED
    assert sum(count > 0 for count in begun) > 1
