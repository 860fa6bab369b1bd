"""What the server is told of a run and what it answers: heartbeats, by the shape of the contract."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from deliberation.control import Gate, Word, read_word
from deliberation.vocabulary.budget import write_limits

PATH = "/v1/control"
FENCED = "Fenced"


def body_of(gates: Iterable[Gate], *, wait: float, holder: str, killable: bool) -> bytes:
    """Return one request for several runs."""
    runs = {gate.run: _beat(gate, holder, killable) for gate in gates}
    return json.dumps({"wait": wait, "runs": runs}).encode()


def hand_out(answer: dict[str, Any], gates: Iterable[Gate]) -> dict[Gate, Word | None]:
    """Give each run its part of an answer; return what was said, None to those that were refused."""
    by_run = answer.get("runs")
    said: dict[Gate, Word | None] = {}
    for gate in gates:
        plain = by_run.get(gate.run) if isinstance(by_run, dict) else None
        if isinstance(plain, dict):
            said[gate] = _give(gate, plain)
    return said


def overhear(answer: dict[str, Any], gates: Iterable[Gate]) -> None:
    """Give each run what an answer to a post of events says about it."""
    wishes, seqs = answer.get("desired_states"), answer.get("control_seqs")
    if not isinstance(wishes, dict) or not isinstance(seqs, dict):
        return
    commands = [each for each in answer.get("commands") or () if isinstance(each, dict)]
    for gate in gates:
        if gate.run in wishes:
            own = [each for each in commands if each.get("run_id") == gate.run]
            plain = {"control_seq": seqs.get(gate.run), "desired_state": wishes[gate.run]}
            gate.hear(replace(read_word({**plain, "commands": own}), is_whole=False))


def _beat(gate: Gate, holder: str, killable: bool) -> dict[str, Any]:
    after = {"after": gate.ear.whole_seq}
    is_shared = gate.meter is not None and gate.meter.bookings is not None
    if gate.is_listener:
        # What it has reserved at the server is good for as long as it is heard.
        return {**after, "holder": holder} if is_shared else after
    return {
        **after,
        **_spending(gate),
        **(_shared(gate) if is_shared else {}),
        "attempt": gate.attempt,
        "state": gate.state.value,
        "holder": holder,
        "killable": killable,
        "in_call": gate.waiters.in_call,
    }


def _shared(gate: Gate) -> dict[str, Any]:
    """Say that other processes may spend from the run, and with the first word from how much.

    They must not wait, and spend without a limit, until the run's events have been recorded.
    """
    if gate.attempt is not None or gate.meter is None:
        return {"shared": True}
    stated = write_limits(gate.meter.stated)
    return {"shared": True, "limits": {name: said for name, said in stated.items() if said}}


def _spending(gate: Gate) -> dict[str, Any]:
    if gate.meter is None:
        return {}
    with gate.bell.lock:
        return gate.meter.spending()


def _give(gate: Gate, plain: dict[str, Any]) -> Word | None:
    if "control_seq" not in plain:
        _refuse(gate, plain)
        return None
    word = read_word(plain)
    if not gate.is_listener and gate.attempt is None:
        gate.attempt = word.attempt
    gate.hear(word)
    return word


def _refuse(gate: Gate, plain: dict[str, Any]) -> None:
    if plain.get("title") == FENCED:
        gate.fence(str(plain.get("detail") or "another process has the run"))
    else:
        # A run that was stopped before anybody began it has ended: whoever begins it now is to stop.
        gate.hear(Word(desired=read_word(plain).desired))
