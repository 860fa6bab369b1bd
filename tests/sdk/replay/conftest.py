"""Programs that are recorded by the fake and repeated from what it recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import deliberation as dl
from deliberation import fake
from tests.sdk.replay.repeating import Stage


@pytest.fixture
def stage(server: fake.Server) -> Iterator[Stage]:
    """Runs programs against the fake, live and as replays."""
    client = dl.configure(url=server.url, key=server.key, spool=False)
    yield Stage(server, client)
    client.close()


@pytest.fixture
def asked() -> list[Any]:
    """What was really done."""
    return []


@pytest.fixture
def ask(asked: list[Any]) -> Callable[..., Any]:
    """A model that answers with how often it was asked."""

    def answer(call: dl.ModelCall) -> str:
        asked.append((call.model, call.request))
        call.finish(usage=dl.Usage(input=5, output=2), cost="0.01")
        return f"answer {len(asked)}"

    return answer
