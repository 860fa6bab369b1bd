"""What docs/bundles.md says to do without our tool is done here as it stands there, on a bundle with time stamps."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import TREE
from tests.bundles.attack import Golden
from tests.bundles.attacks_stamps import AUTHORITY, stamped_files
from tests.bundles.build import zipped
from tests.bundles.signer import OPERATOR, STRANGER
from tests.bundles.story import RUN

BLOCK = re.compile(r"```(bash|python)\n(.*?)```", re.DOTALL)


def recipe(language: str) -> str:
    """The one block of a language under the heading."""
    text = (TREE / "docs" / "bundles.md").read_text()
    part = text.partition("## Check it without our tool\n")[2].partition("\n## ")[0]
    [block] = [code for name, code in BLOCK.findall(part) if name == language]
    return block


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where somebody has a bundle and the root of the authority of time."""
    golden = Golden()
    golden.files |= stamped_files(AUTHORITY)
    (tmp_path / "run.zip").write_bytes(golden.signed())
    (tmp_path / "ca.pem").write_bytes(AUTHORITY.pem)
    return tmp_path


def followed(folder: Path, *, key: str = OPERATOR.line) -> subprocess.CompletedProcess[str]:
    if not shutil.which("openssl") or not shutil.which("bash"):
        pytest.skip("openssl is not installed")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", recipe("bash")],
        cwd=folder,
        env={"PATH": path, "KEY": key, "RUN": RUN},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_works(folder: Path) -> None:
    done = followed(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Signature Verified Successfully") == 2
    assert "Verification: OK" in done.stdout


def test_another_key_is_told(folder: Path) -> None:
    done = followed(folder, key=STRANGER.line)
    assert done.returncode != 0
    assert "Signature Verification Failure" in done.stdout


def test_a_file_that_was_changed_is_told(folder: Path) -> None:
    golden = Golden()
    golden.change(f"data/evidence/runs/{RUN}/events.jsonl", b'"m-1"', b'"m-2"')
    (folder / "run.zip").write_bytes(zipped(golden.files))
    done = followed(folder)
    assert done.returncode != 0
    assert "events.jsonl: FAILED" in done.stdout


def test_the_hashes_by_an_implementation_that_is_not_ours(folder: Path) -> None:
    pytest.importorskip("witness_log", reason="pip install witness-log")
    files = Golden().files
    run = f"data/evidence/runs/{RUN}/"
    for name in ("events.jsonl", "checkpoints.notes", "instance.leaf", "instance.tlog-proof"):
        (folder / name).write_bytes(files[run + name])
    assert counted(folder) == 0
    lines = files[run + "events.jsonl"].replace(b'"m-1"', b'"m-2"')
    (folder / "events.jsonl").write_bytes(lines)
    assert counted(folder) == 1


def counted(folder: Path) -> int:
    command = [sys.executable, "-c", recipe("python")]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode
