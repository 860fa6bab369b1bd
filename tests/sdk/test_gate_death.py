"""Programs that are killed, interrupted or forked while somebody controls them."""

from __future__ import annotations

import os
import signal
import time

import pytest

from deliberation.vocabulary import CommandStage, ObservedState
from tests.sdk.programs import run_to_its_end, start
from tests.sdk.waiting import wait_until

WORK = """
        with dl.run("q") as run:
            print(run.id, flush=True)
            while True:
                run.node("step").end()
                time.sleep(0.001)
        """


def begun(process, server):
    run = process.stdout.readline().strip()
    server.wait_for(run)
    return run


def test_it_works(server, tmp_path):
    with start(WORK, server, tmp_path, stderr=-1) as process:
        run = begun(process, server)
        stop = server.stop(run, "enough")
        _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "deliberation.control.stopped.Stopped: enough" in error
    assert stop.stage is CommandStage.APPLIED
    assert server.of("run.ended")[0].state.value == "cancelled"


def test_a_program_killed_in_a_pause_is_lost_and_another_may_take_over(server, tmp_path):
    with start(WORK, server, tmp_path) as process:
        run = begun(process, server)
        server.pause(run)
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        process.kill()
        process.wait(30)
    server.control_of(run).lease.at -= server.controls.lease_seconds
    assert server.control_of(run).observed is ObservedState.LOST
    server.resume(run)
    script = f"""
        with dl.run("q", run_id="{run}") as run:
            while not run.gate.attempt:
                time.sleep(0.01)
            print(run.gate.attempt)
        """
    assert run_to_its_end(script, server, tmp_path) == "2\n"


def test_an_interrupt_ends_a_pause(server, tmp_path):
    with start(WORK, server, tmp_path, stderr=-1) as process:
        run = begun(process, server)
        server.pause(run)
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert server.of("run.ended")[0].state.value == "cancelled"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_a_signal_handler_may_come_to_the_gate_in_the_middle_of_a_check(server, tmp_path):
    script = """
        import signal
        def handle(*_):
            run.node("thought").end()
            run.checkpoint()
        with dl.run("q") as run:
            signal.signal(signal.SIGALRM, handle)
            print(run.id, flush=True)
            while True:
                signal.setitimer(signal.ITIMER_REAL, 0.0005)
                run.checkpoint()
                with run.tool("search"):
                    pass
        """
    with start(script, server, tmp_path, stderr=-1) as process:
        run = begun(process, server)
        for _ in range(20):
            server.pause(run)
            time.sleep(0.01)
            server.resume(run)
            time.sleep(0.01)
        server.stop(run, "enough")
        _, error = process.communicate(timeout=60)
    assert "Stopped: enough" in error


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_gives_way_too_and_leaves_the_lease_to_its_parent(server, tmp_path):
    script = """
        def work(name):
            try:
                while True:
                    run.node("step", name=name).end()
                    time.sleep(0.001)
            except dl.Stopped as stopped:
                os.write(1, f"{name} {stopped.reason}\\n".encode())  # whole, beside the other's
        with dl.run("q") as run:
            print(run.id, flush=True)
            while not run.gate.attempt:
                time.sleep(0.01)
            child = os.fork()
            if not child:
                work("child")
                dl.flush()
                os._exit(0)
            work("parent")
            os.waitpid(child, 0)
        """
    with start(script, server, tmp_path) as process:
        run = begun(process, server)
        wait_until(lambda: {each.name for each in server.of("node.started")} == {"child", "parent"})
        server.pause(run)
        wait_until(lambda: server.control_of(run).observed is ObservedState.PAUSED)
        stop = server.stop(run, "enough")
        output, _ = process.communicate(timeout=60)
    assert sorted(output.splitlines()) == ["child enough", "parent enough"]
    assert server.control_of(run).attempts == 1
    assert stop.stage is CommandStage.APPLIED
    assert len(server.of("run.ended")) == 1


def test_a_program_that_ends_in_a_pause_ends(server, tmp_path):
    script = """
        import threading
        run = dl.run("q").start()
        print(run.id, flush=True)
        threading.Thread(target=lambda: [run.checkpoint() for _ in iter(int, 1)], daemon=True).start()
        while not run.gate.shut:
            time.sleep(0.01)
        """
    with start(script, server, tmp_path) as process:
        run = begun(process, server)
        server.pause(run)
        process.communicate(timeout=60)
    assert process.returncode == 0
