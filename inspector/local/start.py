"""The order of a start: lock, port, Postgres and Redis, tables beside web, workers; then ready."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from inspector.local.children import Child, await_ready
from inspector.local.instance import Instance, describe_instance
from inspector.local.listening import answers, listen
from inspector.local.live_examples import live_examples
from inspector.local.lock import Lock
from inspector.local.programs import (
    beat_program,
    demo_program,
    prepare_program,
    signer_program,
    web_program,
    worker_program,
)
from inspector.local.progress import Progress
from inspector.local.stores import start_stores
from inspector.local.supervisor import Stopping, Supervisor
from inspector.local.trouble import Trouble, last_words

DEMO_SEEDED = "demo-seeded"
# The web process of a supervisor that was killed is killed with it, and its socket closed.
LEAVING_SECONDS = 5.0


def run_instance(data_dir: Path, *, port: int, workers: int, demo: bool, local: bool) -> None:
    """Starts everything and keeps it alive until Ctrl-C or SIGTERM, then stops it in order.

    Raises `Trouble` or `OSError` when it cannot start; nothing is left running then either.
    `local` is False when others than this machine may reach it: no sign-in link is shown then.
    """
    progress = Progress()
    start = time.monotonic()
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = Lock(data_dir / "lock")
    supervisor = Supervisor(progress)
    try:
        listener = listen(port, patience=LEAVING_SECONDS if lock.was_stale else 0.0)
        instance = describe_instance(data_dir, port=port)
        start_stores(supervisor, instance)
        _start_house(supervisor, instance, listener, workers=workers)
        progress.say(_tell_ready(instance, seconds=time.monotonic() - start, local=local))
        if demo:
            _start_demo(supervisor, instance)
        supervisor.keep_alive(on_end=lambda child: _on_end(supervisor, instance, child))
    except Stopping:
        progress.say("Stopping …")
    finally:
        supervisor.stop_all()
        lock.release()
    progress.say("Stopped; all data is kept.")


def _start_house(
    supervisor: Supervisor, instance: Instance, listener: socket.socket, *, workers: int
) -> None:
    """Web boots while the tables are brought up to date; workers need the tables."""
    web = supervisor.start(web_program(instance, descriptor=listener.fileno()))
    supervisor.start(signer_program(instance))
    with supervisor.progress.step("Tables"):
        _await_tables(supervisor, supervisor.start_once(prepare_program(instance)))
    supervisor.start(worker_program(instance, workers=workers))
    supervisor.start(beat_program(instance))
    with supervisor.progress.step(f"Web, {workers} workers, beat"):
        await_ready(supervisor, web, lambda: answers(listener), seconds=120)


def _await_tables(supervisor: Supervisor, child: Child) -> None:
    """However long a migration takes; Postgres rolls back one that is stopped."""
    while child.is_running():
        supervisor.pause(0.05)
    if child.process.returncode:
        log = child.program.log
        raise Trouble(f"The tables could not be made: {last_words(log)} (see {log})")


def _tell_ready(instance: Instance, *, seconds: float, local: bool) -> str:
    line = f"ready {instance.url}  ({seconds:.1f} s)"
    return f"{line}  sign in: {instance.sign_in}" if local else line


def _start_demo(supervisor: Supervisor, instance: Instance) -> None:
    """Finished runs to look at, once; then those that run on, with another seed at each start."""
    if not (instance.places.data / DEMO_SEEDED).exists():
        supervisor.start_once(demo_program(instance))
        return
    for program in live_examples(instance, seed=int(time.time())):
        supervisor.start(program)


def _on_end(supervisor: Supervisor, instance: Instance, child: Child) -> None:
    """Seeded once; a demo that was cut off or failed is tried again at the next start."""
    if child.program.name != "demo":
        return
    if child.process.returncode:
        log = child.program.log
        supervisor.progress.say(f"The demo could not be seeded: {last_words(log)} (see {log})")
        return
    (instance.places.data / DEMO_SEEDED).touch()
    supervisor.progress.say("The demo is seeded; a tree search and an agent run on (DEMO=0: none).")
    _start_demo(supervisor, instance)
