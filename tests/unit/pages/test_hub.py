"""One ear per process: what it hears is merged, and told to those who follow."""

from __future__ import annotations

import asyncio
import time

import pytest
from channels.layers import InMemoryChannelLayer

from tests.until import until
from traces.live import ear
from traces.live import hub as hubs
from traces.live.hub import Hub, Poke, Subscriber
from traces.live.publish import GROUP, TOPICS


class Layer(InMemoryChannelLayer):  # type: ignore[misc]
    """Counts how often somebody joined."""

    joins = 0

    async def group_add(self, group: str, channel: str) -> None:
        self.joins += 1
        await super().group_add(group, channel)


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> Layer:
    made = Layer()
    monkeypatch.setattr(ear, "get_channel_layer", lambda: made)
    monkeypatch.setattr(hubs, "EVERY", 0.05)
    return made


def follow(hub: Hub, *, run: str | None, project: int = 1) -> tuple[Subscriber, list[Poke]]:
    heard: list[Poke] = []

    async def deliver(poke: Poke) -> None:
        heard.append(poke)

    subscriber = Subscriber(project=project, run=run, deliver=deliver)
    hub.add(subscriber)
    return subscriber, heard


async def send(layer: Layer, *runs: tuple[str, int, int]) -> None:
    message = {
        "type": "poke",
        "runs": [[run, project, seq, ["tree"]] for run, project, seq in runs],
    }
    await layer.group_send(GROUP, message)


async def joined(layer: Layer, times: int = 1) -> None:
    await until(lambda: layer.joins >= times)


async def test_it_works(layer: Layer) -> None:
    hub = Hub()
    subscriber, heard = follow(hub, run="a")
    await joined(layer)
    await send(layer, ("a", 1, 7))
    await until(lambda: heard)
    hub.remove(subscriber)
    assert heard == [{"run": "a", "seq": 7, "topics": ["tree"]}]


async def test_many_pokes_of_a_run_become_few_and_the_last_is_never_lost(layer: Layer) -> None:
    hub = Hub()
    subscriber, heard = follow(hub, run="a")
    await joined(layer)
    begun = time.monotonic()
    for seq in range(60):
        await send(layer, ("a", 1, seq))
        await asyncio.sleep(0.002)
    await until(lambda: heard and heard[-1]["seq"] == 59)
    hub.remove(subscriber)
    assert len(heard) <= 1 + (time.monotonic() - begun) / hubs.EVERY


async def test_telling_that_takes_long_leaves_as_long_for_everything_else(layer: Layer) -> None:
    hub = Hub()
    begun: list[float] = []
    ended: list[float] = []

    async def deliver(poke: Poke) -> None:
        begun.append(time.monotonic())
        await asyncio.sleep(0.2)  # four times EVERY
        ended.append(time.monotonic())

    subscriber = Subscriber(project=1, run="a", deliver=deliver)
    hub.add(subscriber)
    await joined(layer)
    await send(layer, ("a", 1, 1))
    await until(lambda: begun)
    await send(layer, ("a", 1, 2))  # comes while the first is told
    await until(lambda: len(begun) == 2)
    hub.remove(subscriber)
    assert begun[1] - ended[0] > 0.19


async def test_others_runs_are_not_told(layer: Layer) -> None:
    hub = Hub()
    own, heard = follow(hub, run="a")
    project, all_of_it = follow(hub, run=None, project=2)
    await joined(layer)
    await send(layer, ("b", 1, 3), ("c", 2, 4))
    await until(lambda: all_of_it)
    hub.remove(own)
    hub.remove(project)
    assert heard == []
    assert [poke["run"] for poke in all_of_it] == ["c"]


async def test_a_socket_that_breaks_does_not_silence_the_others(layer: Layer) -> None:
    hub = Hub()

    async def broken(poke: Poke) -> None:
        raise ConnectionError

    bad = Subscriber(project=1, run="a", deliver=broken)
    hub.add(bad)
    good, heard = follow(hub, run="a")
    await joined(layer)
    await send(layer, ("a", 1, 1))
    await until(lambda: heard)
    hub.remove(bad)
    hub.remove(good)
    assert len(heard) == 1


async def test_a_group_that_redis_forgot_is_joined_again(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "REJOIN", 0.05)
    hub = Hub()
    subscriber, heard = follow(hub, run="a")
    await joined(layer)
    await layer.flush()
    await joined(layer, layer.joins + 1)
    await send(layer, ("a", 1, 2))
    await until(lambda: heard)
    hub.remove(subscriber)
    assert [poke["seq"] for poke in heard] == [2]


async def test_an_ear_that_was_deaf_tells_everyone_to_look_again(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "WAIT", 0.05)
    receive = layer.receive

    async def time_out(channel: str) -> None:
        layer.receive = receive  # type: ignore[method-assign]
        raise ConnectionError("Timeout reading from redis.sock")

    monkeypatch.setattr(layer, "receive", time_out)
    hub = Hub()
    run, of_run = follow(hub, run="a")
    project, of_project = follow(hub, run=None, project=2)
    await joined(layer, 2)
    await until(lambda: of_run and of_project)
    hub.remove(run)
    hub.remove(project)
    assert of_run == [{"run": "a", "seq": -1, "topics": TOPICS}]
    assert of_project == [{"run": None, "seq": -1, "topics": TOPICS}]


async def test_the_ear_closes_when_the_last_one_leaves(layer: Layer) -> None:
    hub = Hub()
    subscriber, _ = follow(hub, run="a")
    await joined(layer)
    tasks = list(hub._tasks)
    hub.remove(subscriber)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(task.done() for task in tasks)


async def test_of_many_runs_at_once_none_is_left_out_that_says_something_new(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "RUNS_AT_ONCE", 3)
    hub = Hub()
    project, all_of_it = follow(hub, run=None)
    await joined(layer)
    runs = [[f"r{number}", 1, number, ["tree"]] for number in range(8)]
    runs += [["waits", 1, 9, ["tree", "approvals"]], ["waits-too", 1, 9, ["tree", "approvals"]]]
    await layer.group_send(GROUP, {"type": "poke", "runs": runs})
    await until(lambda: len(all_of_it) >= 4)
    hub.remove(project)
    assert [poke["run"] for poke in all_of_it] == ["r0", "r1", "r2", "waits"]
