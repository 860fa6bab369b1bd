"""Telling the server what became of its commands, and asking it for more."""

from __future__ import annotations

import datetime as dt
import json
import math
import time
import weakref
from collections.abc import Callable, Sequence

from deliberation.client.announce import Announcer
from deliberation.client.backoff import Backoff
from deliberation.client.beat import PATH, body_of, hand_out
from deliberation.client.counts import Counts
from deliberation.client.poll import JSON, Poll, Wakeup
from deliberation.client.settings import Settings
from deliberation.client.transport import Answer, Transport, Unreachable
from deliberation.control import Gate
from deliberation.vocabulary import ObservedState

REASK_SECONDS = 0.25
HEARTBEAT_SECONDS = 5.0
RETRY_MOST = 5.0
SPENDING_SECONDS = 0.5
"""How often at most the server is told what a run spends, between two heartbeats."""
MOST_RUNS = 500
REFUSED_SECONDS = 30.0
REFUSALS = (400, 401, 403, 404, 405)
KNOWN_BETTER = (404, 409)


class Unheard(Exception):
    """The server answered, but not to what was asked; `retry_after` in seconds."""

    def __init__(self, reason: str, retry_after: float | None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Talk:
    """The requests of one thread, on two connections.

    One request for all runs is their heartbeat and waits for news; what is to be told meanwhile
    goes over the other connection. More than `MOST_RUNS` take turns, and may hear of a command only
    a heartbeat later, unless an answer to their events tells it sooner. Without an answer for
    longer than the lease, the runs are told that the server is away.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        make_transport: Callable[[], Transport],
        counts: Counts,
        random: Callable[[], float],
        holder: str,
        announcer: Announcer,
    ) -> None:
        self._settings = settings
        self._tells = make_transport()
        self._poll = Poll(make_transport())
        self._counts = counts
        self._holder = holder
        self._announcer = announcer
        self._told: weakref.WeakKeyDictionary[Gate, ObservedState] = weakref.WeakKeyDictionary()
        self._told_at: weakref.WeakKeyDictionary[Gate, float] = weakref.WeakKeyDictionary()
        # Of no use to ask again: another attempt has the run, it has ended, or belongs to others.
        self._refused: weakref.WeakSet[Gate] = weakref.WeakSet()
        most = min(settings.retry_most, RETRY_MOST)
        self._backoff = Backoff(first=settings.retry_first, most=most, random=random)
        self._asked: set[str] = set()
        self._turn = 0
        self._asked_at = self._next_ask = 0.0
        self._contact = time.monotonic()
        self._lease = settings.lease_seconds
        self._heartbeat = HEARTBEAT_SECONDS

    def turn(self, gates: Sequence[Gate]) -> None:
        """Tell and ask what there is. Never raises."""
        self._mind_silence(gates)
        if self._backoff.left(time.monotonic()):
            return
        try:
            self._tell_acks(gates)
            self._tell_states(gates)
            self._ask(gates)
        except Exception as error:  # noqa: BLE001 - the thread must outlive any surprise
            self._fail(error)

    def rest(self, wakeup: Wakeup, gates: Sequence[Gate], seconds: float | None) -> None:
        """Wait for an answer, a ring, or the next thing that is due, at most `seconds`; hear it."""
        due = [each - time.monotonic() for each in self._due(gates)]
        limits = [*due, seconds] if seconds is not None else due
        try:
            if self._poll.rest(wakeup, max(0.0, min(limits)) if limits else None):
                answer = self._poll.take()
                if answer is not None:
                    has_news = self._hear(answer, gates)
                    # A server that answers at once without news is not asked in a circle.
                    self._next_ask = 0.0 if has_news else self._asked_at + REASK_SECONDS
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(error)

    def tell_last(self, gates: Sequence[Gate]) -> None:
        """Tell what there is to tell before the end, unless the server is away. Never raises."""
        if self._backoff.failures:
            return
        try:
            self._tell_acks(gates)
            self._tell_states([gate for gate in gates if gate in self._told])
        except (Unreachable, Unheard) as error:
            self._fail(error)

    @property
    def is_failing(self) -> bool:
        """True while the server is known not to answer."""
        return self._backoff.failures > 0

    def start_anew(self) -> None:
        """Count the server's silence from now: nobody listened before."""
        self._contact = time.monotonic()

    def is_done_with(self, gate: Gate) -> bool:
        """Return True when nothing more will be said of a run."""
        if gate.is_listener or gate in self._refused:
            return True
        is_told = gate not in self._told or self._told[gate].is_terminal
        return is_told and not gate.ear.orders.untold

    def close(self) -> None:
        """Let go of the connections."""
        self._tells.close()
        self._poll.abandon()
        self._announcer.close()

    def announce(self, gate: Gate) -> None:
        """Tell whoever owns this process how a run stands."""
        self._announcer.say(gate, self._holder)

    def _tell_acks(self, gates: Sequence[Gate]) -> None:
        for gate in gates:
            untold = gate.ear.orders.untold
            while untold and not gate.is_listener:
                name, stage, detail = untold[0]
                plain = {"command_id": name, "stage": stage.value, "detail": detail}
                body = json.dumps({**plain, "attempt": gate.attempt}).encode()
                answer = self._tells.request("POST", f"{PATH}/{gate.run}/ack", body, JSON)
                if answer.status not in KNOWN_BETTER:
                    _expect(answer)
                untold.popleft()

    def _tell_states(self, gates: Sequence[Gate]) -> None:
        to_tell = [gate for gate in gates if self._is_to_tell(gate)]
        for first in range(0, len(to_tell), MOST_RUNS):
            changed = {gate: gate.state for gate in to_tell[first : first + MOST_RUNS]}
            for gate in changed:
                # Before the server is told so: a kill may come as soon as it is.
                gate.is_owned = self._announcer.is_owned
            body = body_of(changed, wait=0, holder=self._holder, killable=self._announcer.is_owned)
            self._hear(self._tells.request("POST", PATH, body, JSON), list(changed))
            self._told.update(changed)
            self._told_at.update(dict.fromkeys(changed, time.monotonic()))

    def _is_to_tell(self, gate: Gate) -> bool:
        if gate.is_listener or gate in self._refused:
            return False
        if self._told.get(gate) is gate.state:
            return self._spends_at(gate) <= time.monotonic()
        return gate in self._told or not gate.state.is_terminal

    def _spends_at(self, gate: Gate) -> float:
        """Return when the server may be told next what a run has spent; never, if it knows."""
        is_known = gate.meter is None or not gate.meter.has_news or gate.state.is_terminal
        if is_known or gate.is_listener or gate in self._refused:
            return math.inf
        return self._told_at.get(gate, 0.0) + SPENDING_SECONDS

    def _ask(self, gates: Sequence[Gate]) -> None:
        now = time.monotonic()
        live = [gate for gate in gates if self._is_to_ask(gate)]
        runs = {gate.run for gate in live}
        if self._poll.is_pending and self._is_out_of_date(runs, now):
            self._poll.abandon()
        if self._poll.is_pending or not runs or now < self._next_ask:
            return
        # More runs than one request may carry take turns, each within a heartbeat.
        turns = -(-len(live) // MOST_RUNS)
        self._turn = (self._turn + 1) % turns
        asking = live[self._turn * MOST_RUNS :][:MOST_RUNS]
        is_idle = self._poll.may_wait and not any(_waits_for_word(gate) for gate in asking)
        wait = self._heartbeat / turns if is_idle else 0.0
        body = body_of(asking, wait=wait, holder=self._holder, killable=self._announcer.is_owned)
        self._poll.ask(PATH, body)
        self._asked, self._asked_at = runs, now

    def _is_to_ask(self, gate: Gate) -> bool:
        return not gate.state.is_terminal and gate not in self._refused

    def _is_out_of_date(self, runs: set[str], now: float) -> bool:
        if now >= self._too_late:
            raise Unreachable("no answer in time")
        return not runs or (not runs <= self._asked and now >= self._asked_at + REASK_SECONDS)

    @property
    def _too_late(self) -> float:
        return self._asked_at + self._heartbeat + self._settings.timeout

    def _due(self, gates: Sequence[Gate]) -> list[float]:
        """Return the monotonic times at which there is something to do."""
        now = time.monotonic()
        if not any(self._is_to_ask(gate) or not self.is_done_with(gate) for gate in gates):
            return []
        silent_at = self._contact + self._lease
        times = [silent_at] if silent_at > now else []
        wait = self._backoff.left(now)
        if wait:
            return [*times, now + wait]
        times += [at for gate in gates if (at := self._spends_at(gate)) < math.inf]
        if not self._poll.is_pending:
            return [*times, max(now, self._next_ask)]
        is_new = not {gate.run for gate in gates if self._is_to_ask(gate)} <= self._asked
        return [*times, self._too_late, *([self._asked_at + REASK_SECONDS] if is_new else [])]

    def _hear(self, answer: Answer, gates: Sequence[Gate]) -> bool:
        """Hand out an answer; True when it holds something new."""
        _expect(answer)
        self._contact = time.monotonic()
        self._backoff.succeed()
        if self._counts.settle("control"):
            self._counts.complain("control again", "The inspector can be heard again.")
        before = [gate.ear.whole_seq for gate in gates]
        for gate in gates:
            gate.find()
        for gate, word in hand_out(answer.json(), gates).items():
            if word is None:
                self._refused.add(gate)
                continue
            self.announce(gate)
            self._lease = word.lease_seconds or self._lease
            self._heartbeat = min(HEARTBEAT_SECONDS, word.heartbeat_seconds or HEARTBEAT_SECONDS)
        return before != [gate.ear.whole_seq for gate in gates]

    def _fail(self, error: Exception) -> None:
        self._backoff.fail(time.monotonic(), getattr(error, "retry_after", None))
        self._tells.close()
        self._poll.abandon()
        # The first failure may be a connection that was closed while nobody looked.
        if self._backoff.failures > 1:
            self._counts.settle("control again")
            self._counts.complain(
                "control",
                f"The inspector at {self._settings.url} cannot be heard ({error});"
                " until it is, no command of it arrives.",
            )

    def _mind_silence(self, gates: Sequence[Gate]) -> None:
        if time.monotonic() - self._contact >= self._lease:
            for gate in gates:
                gate.lose()


def _waits_for_word(gate: Gate) -> bool:
    """Return True for a run whose program may not go on before something is heard, new or not."""
    is_new = gate.is_listener and not gate.ear.is_heard
    return is_new or (gate.meter is not None and gate.meter.is_unknown)


def _expect(answer: Answer) -> None:
    if answer.status == 200:
        return
    reason = f"status {answer.status}"
    if answer.status in REFUSALS:
        raise Unheard(reason, REFUSED_SECONDS)
    raise Unheard(reason, answer.retry_after(dt.datetime.now(dt.timezone.utc)))
