"""The signer that the tests of this folder ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sealing.signers import SignerProcess, serving
from traces.signer.ask import SignerAt


@pytest.fixture
def process(tmp_path: Path) -> Iterator[SignerProcess]:
    """A signer process that runs, to be killed."""
    process = SignerProcess(tmp_path / "signer")
    process.start()
    yield process
    process.kill()


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[SignerAt]:
    """How to ask a signer that listens in a thread, which starts in no time."""
    with serving(tmp_path / "signer") as asked:
        yield asked
