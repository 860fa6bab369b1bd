"""A worker that is killed in the middle of an export costs time, and nobody ever sees half a bundle."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.integration.bundles.exported import recorded_run, verified
from traces.actions.ask_for_bundle import ask_for_bundle
from traces.actions.export_bundle import export_next
from traces.audit.export_options import ExportOptions
from traces.models import Bundle, Run
from traces.queries.bundle_files import bundle_storage
from traces.queries.signer import the_signer

TREE = Path(__file__).resolve().parents[3]
WORKER = """
import os, signal, sys, time
sys.path[:0] = [".", "sdk"]
import django
django.setup()
from traces.actions import export_bundle
from traces.queries.signer import the_signer
export_bundle.TELL_SECONDS = 0
calls = []
def die_at_the_end():
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
export_bundle.export_next(clock=time.time_ns, randbytes=os.urandom, signer=the_signer(), let_others=die_at_the_end)
"""
pytestmark = pytest.mark.django_db(transaction=True)


def test_it_works(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    bundles = {**settings.STORAGES["bundles"], "OPTIONS": {"location": tmp_path / "bundles"}}
    settings.STORAGES = {**settings.STORAGES, "bundles": bundles}
    asked = ask_for_bundle(
        run=Run.objects.get(pk=recorded_run()),
        options=ExportOptions(signed=False),
        by="user:alice",
        bundle_id=uuid.uuid4(),
        now_ns=1,
    )
    assert run_worker(tmp_path) == -9
    asked.refresh_from_db()
    assert (asked.status, asked.file, asked.attempts) == ("writing", None, 1)
    assert not export_next(clock=time.time_ns, randbytes=os.urandom, signer=the_signer()), (
        "its lease still holds"
    )

    Bundle.objects.update(claimed_until=asked.claimed_until.replace(year=2000))  # type: ignore[union-attr]
    assert export_next(clock=time.time_ns, randbytes=os.urandom, signer=the_signer())
    asked.refresh_from_db()
    assert (asked.status, asked.attempts) == ("ready", 2)
    with bundle_storage().open(str(asked.file)) as file:
        assert verified(file.read()).identity == asked.identity


def run_worker(data: Path) -> int:
    place = connection.settings_dict
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "inspector.settings",
        "DATABASE_URL": f"postgres://postgres@/{place['NAME']}?host={place['HOST']}",
        "REDIS_URL": f"unix://{data}/nobody-listens-here",
        "DATA_DIR": str(data),
    }
    return subprocess.run([sys.executable, "-c", WORKER], cwd=TREE, env=env, check=False).returncode
