"""The signer that the tests of this folder ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sealing.signers import SignerProcess
from traces.signer.ask import SignerAt


@pytest.fixture
def process(tmp_path: Path) -> Iterator[SignerProcess]:
    """A signer process that runs."""
    process = SignerProcess(tmp_path / "signer")
    process.start()
    yield process
    process.kill()


@pytest.fixture
def signer(process: SignerProcess) -> SignerAt:
    """How to ask it."""
    return process.asked
