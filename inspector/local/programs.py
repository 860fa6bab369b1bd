"""The programs of the house itself: web, worker, beat, signer, and two that run once."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from inspector.local.children import Program
from inspector.local.instance import Instance

TREE = Path(__file__).resolve().parents[2]
# The checks would import all pages for their addresses; what they look for is told by `manage.py check`.
CELERY = (sys.executable, "-m", "celery", "-A", "inspector.celery", "--quiet", "--skip-checks")


def web_program(instance: Instance, *, descriptor: int) -> Program:
    """Serves on a socket that is already listening, so a restart refuses nobody.

    Orphaned it is killed at once: what it acknowledged is committed, and the port must be free.
    """
    return Program(
        name="web",
        argv=[sys.executable, "-m", "inspector.web", "--fd", str(descriptor)],
        log=instance.places.logs / "web.log",
        env={**instance.env, "INSPECTOR_ROLE": "web"},
        cwd=TREE,
        wave=0,
        patience=8.0,
        orphaned=signal.SIGKILL,
        keep_fds=(descriptor,),
    )


def worker_program(instance: Instance, *, workers: int) -> Program:
    """Records what web received. Nicer than web, so that the door answers while it works.

    Its tasks may be cut off anywhere: a lease runs out and another worker takes the rows.
    """
    return Program(
        name="worker",
        argv=[
            *CELERY,
            *("worker", "--concurrency", str(workers), "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "-n", f"inspector-{os.getpid()}@%h"),
        ],
        log=instance.places.logs / "worker.log",
        env={**instance.env, "INSPECTOR_ROLE": "worker", **_as_root()},
        cwd=TREE,
        wave=0,
        patience=8.0,
        orphaned=signal.SIGQUIT,
        niceness=5,
    )


def beat_program(instance: Instance) -> Program:
    """Rings the clock: the sweep, and the partitions of the month to come."""
    schedule = instance.places.data / "beat-schedule"
    return Program(
        name="beat",
        argv=[sys.executable, "-m", "inspector.beat", "--schedule", str(schedule)],
        log=instance.places.logs / "beat.log",
        env=instance.env,
        cwd=TREE,
        wave=0,
        patience=5.0,
    )


def signer_program(instance: Instance) -> Program:
    """Holds the key that checkpoints are signed with. It ends after those that ask it.

    It may be killed anywhere: what it signed is on disk before it is signed.
    """
    name = os.environ.get("INSTANCE_NAME", "").strip()
    return Program(
        name="signer",
        argv=[
            *(
                sys.executable,
                "-m",
                "traces.signer",
                "--socket",
                str(instance.places.signer_socket),
            ),
            *("--directory", str(instance.places.data / "signer"), "--name", name),
        ],
        log=instance.places.logs / "signer.log",
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": f"{TREE / 'sdk'}"},
        cwd=TREE,
        wave=1,
        patience=5.0,
    )


def prepare_program(instance: Instance) -> Program:
    """Migrates and sees to the local project; ends."""
    return _once(instance, "prepare", "-m", "inspector.local.prepare")


def demo_program(instance: Instance) -> Program:
    """Seeds the demo through the running door; ends."""
    return _once(instance, "demo", "manage.py", "demo")


def _once(instance: Instance, name: str, *arguments: str) -> Program:
    return Program(
        name=name,
        argv=[sys.executable, *arguments],
        log=instance.places.logs / f"{name}.log",
        env=instance.env,
        cwd=TREE,
        wave=0,
        niceness=5 if name == "demo" else 0,
    )


def _as_root() -> dict[str, str]:
    """Celery refuses root for the sake of pickle; we accept JSON only."""
    return {"C_FORCE_ROOT": "1"} if os.geteuid() == 0 else {}
