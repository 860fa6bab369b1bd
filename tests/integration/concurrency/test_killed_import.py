"""A worker that is killed in the middle of an import costs time, and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from ingest.models import Import
from ingest.uploads import claim
from ingest.uploads.places import FILES, folder_of
from ingest.uploads.read import read_next
from tests.people import make_project
from traces.models import LedgerEntry, Run

TREE = Path(__file__).resolve().parents[3]
TASKS = 200
WORKER = """
import os, signal, sys, time
sys.path[:0] = [".", "sdk"]
import django
django.setup()
from ingest import import_files
from ingest.uploads.read import read_next
record, passes = import_files.record, []

def record_one_and_die(*given, **named):
    if passes:
        os.kill(os.getpid(), signal.SIGKILL)
    passes.append(record(*given, **named))
    return passes[-1]

if sys.argv[1] == "dies":
    import_files.record = record_one_and_die
read_next(clock=time.time_ns, randbytes=os.urandom)
"""


@pytest.fixture
def row(tmp_path: Path, settings: Any) -> Import:
    """An import that takes several passes to read."""
    settings.DATA_DIR = tmp_path
    found = Import.objects.create(
        project_id=make_project().pk,
        by="alice",
        title="log",
        files=1,
        size=1,
        uploaded_ns=time.time_ns(),
    )
    place = folder_of(found.pk) / FILES
    place.mkdir(parents=True)
    lines = (json.dumps({"prompt": f"task {n}", "samples": ["a", "b"]}) for n in range(TASKS))
    (place / "log.jsonl").write_text("\n".join(lines))
    return found


def start_worker(data: Path, fate: str = "lives") -> subprocess.Popen[bytes]:
    """A worker in a process of its own, on the database of the test; one that dies does so in its second pass."""
    place = connection.settings_dict
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "inspector.settings",
        "DATABASE_URL": f"postgres://postgres@/{place['NAME']}?host={place['HOST']}",
        "REDIS_URL": f"unix://{data}/nobody-listens-here",
        "DATA_DIR": str(data),
    }
    return subprocess.Popen([sys.executable, "-c", WORKER, fate], cwd=TREE, env=env)


def test_it_works(row: Import, tmp_path: Path) -> None:
    assert start_worker(tmp_path, "dies").wait(120) == -signal.SIGKILL
    recorded = Run.objects.filter(size__gt=0).count()
    row.refresh_from_db()
    assert (row.state, row.attempts, 0 < recorded < TASKS) == ("reading", 1, True)
    assert not read_next(clock=time.time_ns, randbytes=os.urandom), "its lease still holds"

    Import.objects.update(claimed_until=row.claimed_until.replace(year=2000))  # type: ignore[union-attr]
    assert read_next(clock=time.time_ns, randbytes=os.urandom)
    row.refresh_from_db()
    assert (row.state, row.run_count, row.attempts, row.errors) == ("done", TASKS, 2, [])
    assert Run.objects.filter(size__gt=0, observed_state="completed", nodes=3).count() == TASKS
    # opened, started, root, two samples, two candidates, ended
    assert LedgerEntry.objects.count() == TASKS * 8
    assert not folder_of(row.pk).exists()


def test_two_workers_read_one_import_once(row: Import, tmp_path: Path) -> None:
    workers = [start_worker(tmp_path) for _ in range(2)]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    row.refresh_from_db()
    assert (row.state, row.attempts, row.run_count) == ("done", 1, TASKS)
    assert LedgerEntry.objects.count() == TASKS * 8
    assert claim.claim(uuid.uuid4()) is None
