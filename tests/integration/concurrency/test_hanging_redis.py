"""A Redis that hangs delays what is shown; it stops neither the door nor a worker."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from ingest.doorbell import QUIET_SECONDS, Doorbell
from tests.until import until
from traces.live import publish
from traces.live.publish import RunChange, poke


async def test_a_doorbell_that_hangs_holds_one_thread_and_rings_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recovered = threading.Event()
    rung: list[float] = []

    def hang(self: Doorbell) -> None:
        rung.append(time.monotonic())
        recovered.wait(60)

    monkeypatch.setattr(Doorbell, "_publish", hang)
    doorbell = Doorbell()
    for _ in range(40):
        doorbell.ring()
        await asyncio.sleep(QUIET_SECONDS / 4)
    assert len(rung) == 1
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "read"), 30) == "read"

    recovered.set()
    await until(lambda: len(rung) > 1)
    await asyncio.sleep(QUIET_SECONDS * 4)
    assert len(rung) == 2


@pytest.mark.parametrize("role", ["", "worker"])
def test_a_poke_that_hangs_is_given_up_and_those_after_it_do_not_wait(
    role: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ROLE = role

    class Hanging:
        async def group_send(self, group: str, message: object) -> None:
            await asyncio.sleep(60)

    monkeypatch.setattr(publish, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(publish, "_muted", publish._Muted())
    monkeypatch.setattr(publish, "get_channel_layer", Hanging)
    begun = time.monotonic()
    for _ in range(20):
        poke([RunChange("run", 1, 1)])
    assert 0.4 < time.monotonic() - begun < 9, "each of the twenty would take half a second"


def test_all_pokes_of_a_worker_go_over_one_connection(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ROLE = "worker"
    used: list[asyncio.AbstractEventLoop] = []

    class Noting:
        """The layer connects once for each event loop."""

        async def group_send(self, group: str, message: object) -> None:
            used.append(asyncio.get_running_loop())

    monkeypatch.setattr(publish, "get_channel_layer", Noting)
    for _ in range(3):
        poke([RunChange("run", 1, 1)])
    assert [loop is used[0] for loop in used] == [True] * 3
    assert not used[0].is_closed()
