"""Chance, the time of day and settings of a run: what a replay must give again, or give otherwise."""

from __future__ import annotations

import datetime as dt
import json
import random
import threading
from collections.abc import Callable
from typing import Any

from deliberation.client.current import current
from deliberation.client.node import NodeScope
from deliberation.client.recorder import Recorder
from deliberation.client.told import told_difference
from deliberation.client.within import is_performing
from deliberation.control import Stopped
from deliberation.events import ValueDrawn
from deliberation.replay.replay import Called
from deliberation.vocabulary import CallSort

SEED_BYTES, SEED_BITS = 7, 53
"""A seed is an integer that every JSON library reads as it is."""

Seed = int | str


class Draws:
    """What one run has drawn. Safe for threads; a stream itself is as safe as `random.Random`."""

    def __init__(self, recorder: Recorder, seed: Seed | None) -> None:
        self._recorder = recorder
        self._seed = seed
        self._streams: dict[str, random.Random] = {}
        self._within: dict[str, random.Random] = {}
        self._lock = threading.RLock()
        self._turn = 0
        replay = recorder.replay
        if replay is not None and "seed" in replay.job.overrides:
            if not replay.is_live:
                replay.on_live.append(self._begin_anew)
            self._seed = replay.override("seed", seed)

    def stream(self, name: str) -> random.Random:
        """Return a stream of random numbers; its seed is drawn when it is first asked for.

        What a performed call takes is of another stream: a replay, which does not do the call, must not miss it.
        """
        if is_performing(self._recorder.run):
            return self._stream_within(name)
        with self._lock:
            if name not in self._streams:
                turn, seed = self._turn, self._draw_seed(name)
                # The last draw before a fork point is where it goes live.
                self._streams[name] = random.Random(
                    seed if turn == self._turn else self._draw_seed(name)
                )
            return self._streams[name]

    def now(self) -> dt.datetime:
        """Return the time, in UTC, to the microsecond."""
        said = self._draw(CallSort.CLOCK, "", lambda: str(self._recorder.client.now_ns()))
        seconds, rest = divmod(int(said), 1_000_000_000)
        at = dt.datetime.fromtimestamp(seconds, tz=dt.timezone.utc)
        return at.replace(microsecond=rest // 1000)

    def setting(self, name: str, default: Any) -> Any:
        """Return a setting: the default, or what a fork or a live replay is to do otherwise, where it is live."""
        replay = self._recorder.replay
        return default if replay is None else replay.override(name, default)

    def _stream_within(self, name: str) -> random.Random:
        with self._lock:
            if name not in self._within:
                self._within[name] = random.Random(self._make_seed(f"{name} within"))
            return self._within[name]

    def _begin_anew(self) -> None:
        """Seed all streams from what the replay is to have as its seed, now that it is live."""
        replay = self._recorder.replay
        assert replay is not None
        with self._lock:
            self._turn += 1
            self._seed = replay.override("seed", self._seed)
            for name, stream in self._streams.items():
                stream.seed(self._draw_seed(name))

    def _draw_seed(self, name: str) -> Any:
        return self._draw(CallSort.RANDOM, name, lambda: self._make_seed(name))

    def _make_seed(self, name: str) -> Seed:
        if self._seed is not None:
            return f"{self._seed} {name}" if name else self._seed
        drawn = int.from_bytes(self._recorder.randbytes(SEED_BYTES), "big")
        return drawn >> (8 * SEED_BYTES - SEED_BITS)

    def _draw(self, sort: CallSort, name: str, make: Callable[[], Any]) -> Any:
        recorder = self._recorder
        if recorder.keys is None or is_performing(recorder.run):
            return make()
        called = Called(recorder.keys.next(sort, name, "{}"), sort, name, "{}")
        node, replay = _node_of(recorder.run), recorder.replay
        recorded, told = replay.meet(called, node) if replay is not None else (None, None)
        stopped: Stopped | None = told_difference(recorder, told)
        if stopped is not None:
            raise stopped
        value = make() if recorded is None else recorded.result
        if replay is not None:
            replay.count(is_answered=recorded is not None)
        if called.key is not None:
            recorder.report(
                ValueDrawn,
                call_key=called.key,
                call_sort=sort,
                stream=name or None,
                node=node,
                recorded_seq=None if recorded is None else recorded.answered_by,
                value=json.dumps(value, ensure_ascii=False),
            )
        return value


def _node_of(run: str) -> str | None:
    scope = current()
    return scope.id if isinstance(scope, NodeScope) and scope.run_id == run else None
