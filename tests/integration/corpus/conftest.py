"""What the tests of recorded and bad bodies share."""

from __future__ import annotations

import pytest

from ingest import receive


@pytest.fixture(autouse=True)
def _a_door_whose_bell_rings_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests let the worker in themselves."""
    monkeypatch.setattr("ingest.doorbell.Doorbell._publish", lambda self: None)
    monkeypatch.setattr(receive.backlog, "_looked_at", float("-inf"))
