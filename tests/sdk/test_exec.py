"""A supervisor owns its command's process group, and says `killed` when it saw it end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from deliberation import fake
from deliberation.vocabulary import CommandStage, ObservedState
from tests.sdk.programs import environ
from tests.sdk.waiting import wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="no process groups here")

WORK = """
    with dl.run("q") as run:
        print(run.id, flush=True)
        while True:
            run.node("step").end()
            time.sleep(0.001)
    """


@pytest.fixture
def supervised(server, tmp_path):
    started = []

    def start(script, *options, url=server.url, **more):
        code = "import os, signal, subprocess, sys, time\nimport deliberation as dl\n"
        code += "dl.configure(exit_seconds=30)\n"
        program = [sys.executable, "-c", code + textwrap.dedent(script)]
        command = [sys.executable, "-m", "deliberation.cli", "exec", *options, "--", *program]
        settings = {"INSPECTOR_URL": url, "INSPECTOR_KEY": server.key}
        env = {**environ(), **settings, "INSPECTOR_SPOOL": str(tmp_path)}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, env=env, **pipes, **more))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def begun(process, server):
    run = process.stdout.readline().strip()
    server.wait_for(run)
    # Its second heartbeat comes after it has told its supervisor of the run.
    wait_until(lambda: server.control_of(run).lease.said["attempt"])
    assert server.control_of(run).lease.said["killable"]
    return run


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_works(supervised, server):
    process = supervised(WORK, "--grace", "60")
    run = begun(process, server)
    kill = server.kill(run, "now")
    assert process.wait(60) == 128 + signal.SIGTERM
    assert kill.stage is CommandStage.APPLIED
    assert server.control_of(run).states[-2:] == [ObservedState.KILLING, ObservedState.KILLED]
    assert not server.of("run.ended")


@pytest.mark.parametrize("code", [0, 3])
def test_the_commands_exit_code_is_passed_through(supervised, server, code):
    process = supervised(f"with dl.run('q'): time.sleep(0.2)\nsys.exit({code})")
    assert process.wait(60) == code
    (ended,) = server.of("run.ended")
    assert server.control_of(ended.run).observed is ObservedState.COMPLETED


def test_who_does_not_hear_a_request_to_end_is_ended(supervised, server):
    script = """
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import signal, time;"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"])
        with dl.run("q") as run:
            print(run.id, child.pid, sep=chr(10), flush=True)
            time.sleep(60)
        """
    process = supervised(script, "--grace", "0.5")
    run = begun(process, server)
    child = int(process.stdout.readline())
    assert not is_gone(child)
    kill = server.kill(run)
    assert process.wait(60) == 128 + signal.SIGKILL
    assert kill.times[CommandStage.APPLIED] - kill.times[CommandStage.ACKNOWLEDGED] >= 0.5
    assert is_gone(child)
    assert server.control_of(run).observed is ObservedState.KILLED


def test_it_is_not_called_killed_before_it_has_ended(supervised, server, tmp_path):
    may_end = tmp_path / "may-end"
    script = f"""
        def end(*_):
            while not os.path.exists({str(may_end)!r}):
                time.sleep(0.01)
            os._exit(7)
        signal.signal(signal.SIGTERM, end)
        """
    process = supervised(textwrap.dedent(script) + textwrap.dedent(WORK), "--grace", "60")
    run = begun(process, server)
    kill = server.kill(run)
    wait_until(lambda: server.control_of(run).observed is ObservedState.KILLING)
    time.sleep(0.3)
    assert kill.stage is CommandStage.ACKNOWLEDGED
    may_end.touch()
    assert process.wait(60) == 7
    assert kill.stage is CommandStage.APPLIED


def test_a_command_that_dies_leaves_its_runs_crashed(supervised, server):
    process = supervised(WORK + "\n")
    run = begun(process, server)
    members = [
        int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(path) == process.pid
    ]
    os.kill(members[0], signal.SIGKILL)
    assert process.wait(60) == 128 + signal.SIGKILL
    assert server.control_of(run).observed is ObservedState.CRASHED


def _parent(path):
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def test_a_stop_is_still_the_programs_own(supervised, server):
    process = supervised(WORK)
    run = begun(process, server)
    server.stop(run, "enough")
    assert process.wait(60) == 1
    assert server.control_of(run).observed is ObservedState.CANCELLED
    assert server.control_of(run).attempts == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1])
def test_signals_are_sent_on(supervised, server, number):
    script = f"""
        def end(number, _):
            os.write(1, b"heard\\n")  # it may come within the other print, which cannot be entered twice
            sys.exit(5)
        signal.signal({int(number)}, end)
        print("ready", flush=True)
        time.sleep(60)
        """
    process = supervised(script)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert process.stdout.readline() == "heard\n"
    assert process.wait(60) == 5


def test_the_runs_of_the_commands_own_commands_are_owned_too(supervised, server):
    script = f"""
        inner = "import deliberation as dl, time" + chr(10) + {textwrap.dedent(WORK)!r}
        sys.exit(subprocess.call([sys.executable, "-c", inner]) != 0)
        """
    process = supervised(script, "--grace", "60")
    run = begun(process, server)
    server.kill(run)
    assert process.wait(60) == 128 + signal.SIGTERM
    assert server.control_of(run).observed is ObservedState.KILLED


def test_without_its_supervisor_a_run_cannot_be_killed(supervised, server):
    server.controls.lease_seconds = 6.0  # a heartbeat each two seconds
    process = supervised(WORK)
    run = begun(process, server)
    (child,) = [
        int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(path) == process.pid
    ]
    process.kill()
    process.wait(30)
    wait_until(lambda: not server.control_of(run).lease.said["killable"])
    with pytest.raises(fake.Refused, match="no supervisor owns its process"):
        server.kill(run)
    server.stop(run)
    wait_until(lambda: is_gone(child))


def test_a_stuck_command_keeps_its_lease(supervised, server):
    server.controls.lease_seconds = 12.0
    process = supervised(WORK)
    run = begun(process, server)
    (child,) = [
        int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(path) == process.pid
    ]
    os.kill(child, signal.SIGSTOP)  # none of its threads can run
    stuck = time.monotonic()
    wait_until(lambda: server.control_of(run).lease.at > stuck + 8.0)
    server.kill(run)
    wait_until(lambda: server.control_of(run).observed is ObservedState.KILLING)
    os.kill(child, signal.SIGCONT)
    assert process.wait(60) == 128 + signal.SIGTERM


def test_without_a_server_the_command_runs_all_the_same(supervised):
    process = supervised("print(os.getpgrp() == os.getpid()); sys.exit(4)", url="")
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (4, "True\n")
    assert "nobody can kill it" in error


def test_a_command_that_is_none_is_said_to_be_none():
    for command, code, sentence in ([], 2, "name a command"), (["no-such-command"], 127, "No such"):
        call = [sys.executable, "-m", "deliberation.cli", "exec", "--", *command]
        done = subprocess.run(call, env=environ(), capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert sentence in done.stderr
