"""A fake inspector, and clients that are closed when the test is over. No Django here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deliberation import fake
from deliberation.client import Client, Settings


@pytest.fixture
def server() -> Iterator[fake.Server]:
    with fake.server() as running:
        yield running


@pytest.fixture
def make_client(server: fake.Server) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(**given: Any) -> Client:
        quick: dict[str, Any] = {"retry_first": 0.02, "retry_most": 0.1, "interval": 0.01}
        # What a test sees after a run must not hang on how fast the machine is.
        patient = {"exit_seconds": 30.0}
        told = {"url": server.url, "key": server.key, **quick, **patient, **given}
        settings = Settings(**told)
        made.append(Client(settings))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., Client], tmp_path: Path) -> Client:
    return make_client(spool=tmp_path / "spool")


@pytest.fixture(autouse=True)
def quiet() -> None:
    logging.getLogger("deliberation").setLevel(logging.DEBUG)
