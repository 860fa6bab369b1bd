"""What a runner says at the control door, read: bounded, and refused with a sentence that names what is wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from typing import Any

import orjson

from deliberation.ledger.action import MAX_ACTION_BYTES
from deliberation.vocabulary import CommandStage, ObservedState
from deliberation.vocabulary.budget import DIMENSIONS
from ingest.wire.errors import Malformed, TooLarge
from traces.actions.consume_permit import Use
from traces.actions.request_approval import Wish
from traces.analytics.budget_line import Stated

MAX_WAIT_SECONDS = 30.0
MAX_RUNS = 1_000
MAX_BYTES = 1024 * 1024
MAX_WORD_CHARS = 200
MAX_SEQ = 2**62
PLACES = 18
SMALLEST = Decimal(1).scaleb(-PLACES)
EXACT = Context(prec=60)
STATED = tuple(Stated.__slots__)
STAGES_OF_RUNNERS = (CommandStage.ACKNOWLEDGED, CommandStage.APPLIED, CommandStage.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBeat:
    """One heartbeat. `attempt` is null in a process's first; amounts are by dimension, as decimal strings.

    What is None was left out, and stays as it was said.
    """

    attempt: int | None
    holder: str
    state: ObservedState | None
    killable: bool
    in_call: bool | None
    spent: dict[str, str] | None
    reserved: dict[str, str] | None
    limits: Stated | None


@dataclass(frozen=True, slots=True)
class Ask:
    """What one run's runner has heard so far, and its heartbeat; without one it only listens.

    `holder` names the process, whose reservations last as long as it is heard of.
    """

    after: int
    beat: SaidBeat | None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One request for all runs of a process."""

    wait: float
    asks: dict[str, Ask]


@dataclass(frozen=True, slots=True)
class Ack:
    """How far a command has come, says the runner."""

    command_id: str
    stage: CommandStage
    detail: str | None
    attempt: int | None


def read_object(body: bytes) -> dict[str, Any]:
    """Return a body's JSON object; an empty body is an empty one. Raises Malformed or TooLarge."""
    if len(body) > MAX_BYTES:
        raise TooLarge(f"the body is larger than {MAX_BYTES} bytes")
    try:
        plain = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise Malformed(f"the body is not JSON: {error}") from None
    if not isinstance(plain, dict):
        raise Malformed("the body must be a JSON object")
    return plain


def read_round(plain: dict[str, Any]) -> Round:
    """Return what a process says of all its runs. Raises Malformed or TooLarge."""
    runs = plain.get("runs")
    if not isinstance(runs, dict) or not all(isinstance(each, dict) for each in runs.values()):
        raise Malformed("runs must be an object: run id → heartbeat")
    if len(runs) > MAX_RUNS:
        raise TooLarge(f"at most {MAX_RUNS} runs in one request")
    asks = {
        run: Ask(
            read_seq(said.get("after")),
            read_beat(said) if "attempt" in said else None,
            read_text(said, "holder", MAX_WORD_CHARS),
        )
        for run, said in runs.items()
    }
    return Round(read_wait(plain.get("wait")), asks)


def read_beat(plain: dict[str, Any]) -> SaidBeat:
    """Return a heartbeat. Raises Malformed or TooLarge."""
    state = plain.get("state")
    return SaidBeat(
        attempt=None if plain.get("attempt") is None else read_seq(plain["attempt"], "attempt"),
        holder=read_text(plain, "holder", MAX_WORD_CHARS) or "",
        state=None if state is None else _member(ObservedState, state, "state"),
        killable=_truth(plain, "killable") or False,
        in_call=_truth(plain, "in_call"),
        spent=read_amounts(plain, "spent"),
        reserved=read_amounts(plain, "reserved"),
        limits=None if plain.get("limits") is None else _limits(plain["limits"]),
    )


def read_ack(plain: dict[str, Any]) -> Ack:
    """Return an acknowledgement. Raises Malformed or TooLarge."""
    command_id = read_text(plain, "command_id", MAX_WORD_CHARS)
    if not command_id:
        raise Malformed("command_id is needed")
    stage = _member(CommandStage, plain.get("stage"), "stage")
    if stage not in STAGES_OF_RUNNERS:
        raise Malformed("stage must be acknowledged, applied or refused")
    attempt = None if plain.get("attempt") is None else read_seq(plain["attempt"], "attempt")
    return Ack(command_id, stage, read_text(plain, "detail", MAX_BYTES), attempt)


def read_wish(plain: dict[str, Any]) -> Wish:
    """Return the action that a program asks about. Raises Malformed or TooLarge."""
    action = read_text(plain, "action", MAX_ACTION_BYTES)
    digest = read_text(plain, "digest", MAX_WORD_CHARS)
    if not action or not digest:
        raise Malformed("action and digest are needed")
    return Wish(
        action=action,
        digest=digest,
        needed=_number(plain, "needed"),
        timeout_seconds=_number(plain, "timeout_seconds"),
    )


def read_use(plain: dict[str, Any]) -> Use:
    """Return what a program is about to do. Raises Malformed or TooLarge."""
    digest = read_text(plain, "digest", MAX_WORD_CHARS)
    if not digest:
        raise Malformed("digest is needed")
    return Use(
        digest=digest,
        attempt=_number(plain, "attempt"),
        name=read_text(plain, "use", MAX_WORD_CHARS),
    )


def read_seq(value: Any, name: str = "after") -> int:
    """Return a seq or an attempt, given as a number or, in an address, as text; null is 0. Raises Malformed."""
    if value is None or value == "":
        return 0
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 19:
        raise Malformed(f"{name} must be a whole number")
    return min(int(text), MAX_SEQ)


def read_wait(value: Any) -> float:
    """Return how many seconds to wait at most: 0 unless asked, never more than 30. Raises Malformed or TooLarge."""
    if value is None or value == "":
        return 0.0
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = math.nan
    if math.isnan(seconds):
        raise Malformed("wait must be a number of seconds")
    return min(max(seconds, 0.0), MAX_WAIT_SECONDS)


def read_text(plain: dict[str, Any], name: str, most: int) -> str | None:
    """Return a text of at most so many characters, None where it was left out. Raises Malformed."""
    value = plain.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > most:
        raise Malformed(f"{name} must be a text of at most {most} characters")
    return value.replace("\x00", "\ufffd")


def _number(plain: dict[str, Any], name: str) -> int | None:
    value = plain.get(name)
    return None if value is None else read_seq(value, name)


def _truth(plain: dict[str, Any], name: str) -> bool | None:
    value = plain.get(name)
    if value is not None and not isinstance(value, bool):
        raise Malformed(f"{name} must be true or false")
    return value


def read_amounts(plain: dict[str, Any], name: str) -> dict[str, str] | None:
    """Return amounts by dimension as decimal strings, None where they were left out. Raises Malformed."""
    value = plain.get(name)
    if value is None:
        return None
    if not isinstance(value, dict) or not value.keys() <= set(DIMENSIONS):
        raise Malformed(f"{name} must be an object of {', '.join(DIMENSIONS)}")
    return {dimension: _amount(name, amount) for dimension, amount in value.items()}


def _limits(said: Any) -> Stated:
    """Return limits in the form of `run.started`. Raises Malformed."""
    if not isinstance(said, dict) or not said.keys() <= set(STATED):
        raise Malformed(f"limits must be an object of {', '.join(STATED)}")
    for name, by_dimension in said.items():
        is_one = isinstance(by_dimension, dict) and by_dimension.keys() <= set(DIMENSIONS)
        if not is_one or not all(isinstance(each, str) for each in by_dimension.values()):
            raise Malformed(f"limits.{name} must be an object of texts by dimension")
    return Stated(**said)


def _amount(name: str, amount: Any) -> str:
    try:
        known = Decimal(str(amount))
    except InvalidOperation:
        known = Decimal("nan")
    if not known.is_finite() or not 0 <= known < Decimal(10) ** 18:
        raise Malformed(f"{name} must hold amounts as decimal strings")
    # Written out, an exponent of minus a million has a million digits.
    is_finer = int(known.as_tuple().exponent) < -PLACES
    return f"{known.quantize(SMALLEST, context=EXACT) if is_finer else known:f}"


def _member(words: Any, value: Any, name: str) -> Any:
    try:
        return words(value)
    except ValueError:
        known = ", ".join(word.value for word in words)
        raise Malformed(f"{name} must be one of: {known}") from None
