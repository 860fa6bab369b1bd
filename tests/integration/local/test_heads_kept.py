"""What a program kept of the server's answers accuses the server when its history is written anew."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from deliberation.bundle.heads import read_heads
from deliberation.cli import main
from deliberation.ledger.tree import append, hash_leaf
from inspector.env import read_assignments
from tests.integration.local.instances import GIVEN, TREE, Instance

# Goes on until an answer has brought a checkpoint that was signed, and no longer than a minute.
PROGRAM = """
import pathlib, sys, time, deliberation as dl
kept, ends = pathlib.Path(sys.argv[1]), time.monotonic() + 60
with dl.run("a question") as run:
    while time.monotonic() < ends:
        with run.node("thought", text="Let me see."):
            time.sleep(0.2)
        dl.flush(10)
        if kept.exists() and "\\n— " in kept.read_text():
            break
print(run.id)
"""


def test_it_works(running: Instance, tmp_path: Path) -> None:
    kept = tmp_path / "heads"
    run = report(running, kept)
    await_its_end(running, run)
    heads = read_heads([str(kept)])
    assert "\n\n— " in kept.read_text()
    assert {head.run for head in heads} == {run}
    assert max(head.size for head in heads) > 1

    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    export(running, run, before)
    assert main(["verify", str(before), "--known-head", str(kept)]) == 20  # no key was named
    write_anew(running, run)
    export(running, run, after)
    assert main(["verify", str(after)]) == 20  # by itself it is as good as the other
    assert main(["verify", str(after), "--known-head", str(kept)]) == 30


def report(instance: Instance, kept: Path) -> str:
    known = read_assignments(Path(instance.data_dir) / "local.env")
    env = os.environ | {
        "PYTHONPATH": str(TREE / "sdk"),
        "INSPECTOR_URL": f"http://127.0.0.1:{instance.port}",
        "INSPECTOR_KEY": known["INSPECTOR_KEY"],
        "INSPECTOR_HEADS_FILE": str(kept),
    }
    return called([sys.executable, "-c", PROGRAM, str(kept)], env).strip()


def await_its_end(instance: Instance, run: str) -> None:
    """What was acknowledged is recorded a moment later."""
    deadline = time.monotonic() + 60
    with connected(instance) as connection:
        connection.autocommit = True
        while time.monotonic() < deadline:
            asked = "SELECT observed_state FROM traces_run WHERE id = %s"
            if connection.execute(asked, [run]).fetchone() == ("completed",):
                return
            time.sleep(0.1)
    raise AssertionError("the run's end was not recorded")


def connected(instance: Instance) -> psycopg.Connection[Any]:
    known = read_assignments(Path(instance.data_dir) / "embedded.env")
    return psycopg.connect(known["DATABASE_URL"])


def export(instance: Instance, run: str, bundle: Path) -> None:
    command = [sys.executable, "manage.py", "export_bundle", run, "-o", str(bundle)]
    inherited = {name: value for name, value in os.environ.items() if name not in GIVEN}
    env = inherited | {"DATA_DIR": str(instance.data_dir), "PYTHONPATH": str(TREE / "sdk")}
    called([*command, "--unsigned", "--no-derived"], env)


def write_anew(instance: Instance, run: str) -> None:
    """Whoever has the database changes one number of an entry, and makes all that is computed from it anew."""
    with connected(instance) as connection:
        connection.execute("SELECT 1 FROM traces_run WHERE id = %s FOR UPDATE", [run])
        rows = connection.execute(
            "SELECT seq, line FROM traces_ledgerentry WHERE run_id = %s ORDER BY seq", [run]
        ).fetchall()
        lines = {seq: bytes(line) for seq, line in rows}
        lines[1] = lines[1].replace(b'"t_rx":"1', b'"t_rx":"2')
        frontier, _ = append([], 0, map(hash_leaf, lines.values()))
        connection.execute(
            "UPDATE traces_ledgerentry SET line = %s, leaf = %s WHERE run_id = %s AND seq = 1",
            [lines[1], hash_leaf(lines[1]), run],
        )
        connection.execute(
            "UPDATE traces_run SET frontier = %s WHERE id = %s", [b"".join(frontier), run]
        )
        connection.execute("DELETE FROM traces_checkpoint WHERE run_id = %s", [run])


def called(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=TREE, env=env, text=True, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
