"""The thread that listens to the server on behalf of every live run of a client."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from deliberation.client.beat import overhear
from deliberation.client.poll import Wakeup
from deliberation.client.talk import Talk
from deliberation.control import Gate

GATHER_SECONDS = 0.02


class Watch:
    """The live runs of a client, and the thread that listens for them; it begins with the first.

    A run that ends within `GATHER_SECONDS` is never mentioned. One that the program let go of
    without an end is forgotten here, and its lease runs out at the server.
    """

    def __init__(self, make_talk: Callable[[], Talk]) -> None:
        self._make_talk = make_talk
        self._lock = threading.RLock()
        self._live: dict[weakref.ref[Gate], float] = {}
        self._parting: list[Gate] = []
        self._thread: threading.Thread | None = None
        self._wakeup: Wakeup | None = None
        self._talk: Talk | None = None
        self._turned = threading.Condition(threading.RLock())
        self._is_new = True
        self._stopping = False

    @property
    def is_live(self) -> bool:
        """True while the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, gate: Gate) -> None:
        """Listen for a run until it ends."""
        with self._lock:
            if self._stopping:
                return
            gate.tell = self.wake
            self._is_new = self._is_new or not self._live
            self._live[weakref.ref(gate)] = time.monotonic()
            if self._thread is None:
                self._wakeup = Wakeup()
                self._thread = threading.Thread(
                    target=self._run, name="deliberation-control", daemon=True
                )
                self._thread.start()
        self.wake()

    def part(self, gate: Gate) -> None:
        """Tell the end of a run, though nobody but us may hold it any more."""
        with self._lock:
            if self._live.pop(weakref.ref(gate), None) is not None:
                self._parting.append(gate)
        if self._talk is not None:
            # Whether or not the server hears of it: nobody else may say later how it ended.
            self._talk.announce(gate)
        self.wake()

    def overhear(self, answer: dict[str, Any]) -> None:
        """Take in what an answer to a post of events says of the live runs."""
        if self._live:
            overhear(answer, self._gates())

    def wake(self) -> None:
        """There is something to be told."""
        if self._wakeup is not None:
            self._wakeup.ring()

    def settle(self, gate: Gate, timeout: float) -> None:
        """Wait until the end of a run is told, and what became of its commands, or cannot be."""
        with self._turned:
            self._turned.wait_for(lambda: self._has_settled(gate), timeout)

    def conclude(self) -> None:
        """At the end of the program: a run that was told to stop, and has met it, has ended by that.

        Whoever was to say so may have been passed over: a framework that leaves its span open.
        """
        for gate in self._gates():
            if gate.has_raised and gate.stop is not None and not gate.state.is_terminal:
                gate.end(gate.stop.cause.ends_in)

    def stop(self, timeout: float) -> None:
        """Tell what there is to tell, within `timeout`, and end. No gate waits any longer."""
        self._stopping = True
        self.wake()
        if self._thread is not None:
            self._thread.join(timeout)
        for gate in self._gates():
            gate.abandon()

    def restart_in_child(self, successor: Watch) -> None:
        """After a fork: hand the live runs to another, which begins when the child comes to a gate.

        Its thread is not here, and its connections are the parent's.
        """
        if self._wakeup is not None:
            self._wakeup.close()
        for gate in [gate for each in list(self._live) if (gate := each()) is not None]:
            gate.restart_in_child(lambda gate=gate: successor.begin(gate))  # type: ignore[misc]

    def _gates(self) -> list[Gate]:
        with self._lock:
            live = [gate for each in list(self._live) if (gate := each()) is not None]
            self._live = {each: at for each, at in self._live.items() if each() is not None}
            return [*live, *self._parting]

    def _run(self) -> None:
        wakeup, talk = self._wakeup, self._make_talk()
        assert wakeup is not None
        self._talk = talk
        while not self._stopping:
            if self._is_new:
                self._is_new = False
                talk.start_anew()
            self._forget(talk)
            gates, seconds = self._gathered()
            talk.turn(gates)
            with self._turned:
                self._turned.notify_all()
            talk.rest(wakeup, gates, seconds)
            del gates
        talk.tell_last(self._gates())
        talk.close()
        wakeup.close()

    def _has_settled(self, gate: Gate) -> bool:
        talk = self._talk
        return talk is None or talk.is_failing or talk.is_done_with(gate) or not self.is_live

    def _gathered(self) -> tuple[list[Gate], float | None]:
        """Return the runs old enough to be mentioned, and the seconds until the next one is."""
        ripe = time.monotonic() - GATHER_SECONDS
        with self._lock:
            begun = {gate: at for each, at in self._live.items() if (gate := each()) is not None}
            young = [at for at in begun.values() if at > ripe]
            old = [gate for gate, at in begun.items() if at <= ripe]
            return [*old, *self._parting], (min(young) - ripe if young else None)

    def _forget(self, talk: Talk) -> None:
        with self._lock:
            self._parting = [gate for gate in self._parting if not talk.is_done_with(gate)]
