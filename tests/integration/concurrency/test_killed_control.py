"""A process killed while it takes a command: before the commit nothing happened, after it everything did."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.db import connection

from tests.integration.control.acts import ask, live_run
from tests.integration.control.said import rebuild_changes_nothing, run_of, states_of
from traces.models import Command

pytestmark = pytest.mark.django_db(transaction=True)
TREE = Path(__file__).resolve().parents[3]
PROGRAM = """
import os, signal, sys, time, uuid
sys.path[:0] = [".", "sdk"]
import django
django.setup()
from deliberation.vocabulary import CommandKind
from traces.actions import issue_command as issuing
from traces.actions.order import Order

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "before the commit":
    tell = issuing.tell_run
    issuing.tell_run = lambda *given, **named: die(tell(*given, **named))
issuing.issue_command(run_id=uuid.UUID(sys.argv[1]), order=Order(command_id="c1", kind=CommandKind.STOP),
    by="user:alice", now_ns=time.time_ns(), randbytes=os.urandom)
die()  # and so nobody is poked
"""


def kill_one(run: str, moment: str) -> None:
    """Issue a stop in a process of its own, on the database of the test, that is killed at this moment."""
    place = connection.settings_dict
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "inspector.settings",
        "DATABASE_URL": f"postgres://postgres@/{place['NAME']}?host={place['HOST']}",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, run, moment], cwd=TREE, env=env, check=False
    )
    assert done.returncode == -signal.SIGKILL


def test_killed_before_the_commit_nothing_was_asked() -> None:
    run = live_run()
    size = run_of(run).size
    kill_one(run, "before the commit")
    assert (states_of(run)[0], run_of(run).size) == ("run", size)
    assert not Command.objects.exists()
    assert ask(run, "stop", "c1").is_new  # the asker, who had no answer, asks again
    assert rebuild_changes_nothing(run)


def test_killed_between_the_row_and_the_poke_the_command_stands() -> None:
    run = live_run()
    kill_one(run, "before the poke")
    assert states_of(run)[0] == "stop"
    again = ask(run, "stop", "c1")
    assert (again.is_new, again.command.run_id) == (False, uuid.UUID(run))
    assert rebuild_changes_nothing(run)
