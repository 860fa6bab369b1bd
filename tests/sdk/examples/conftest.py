"""An example, played at full speed before a fake inspector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import deliberation as dl
from deliberation import fake
from deliberation.events import Event
from stage import Stage

Play = Callable[..., list[Event]]


@pytest.fixture
def play(server: fake.Server) -> Play:
    def played(
        example: Any, *arguments: Any, stage: Stage | None = None, **options: Any
    ) -> list[Event]:
        server.decide_all("approve")
        client = dl.configure(url=server.url, key=server.key, spool=False)
        run = example.play(stage or Stage(), *arguments, **options)
        assert client.flush(30)
        client.close()
        stats = client.stats()
        assert (stats.accepted, stats.invalid) == (stats.made, 0)
        return [event for event in server.events if event.run == run.id]

    return played
