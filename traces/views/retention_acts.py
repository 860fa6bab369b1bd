"""What the forms on a run's page of retention do, by the name of the act."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deliberation.vocabulary import RedactionRule, RemovalKind
from traces.actions.ask_removal import Asked, ask_removal, decide_removal
from traces.actions.conflict import Unfit
from traces.actions.expire_run import expire_run_by_hand
from traces.actions.expire_texts import expire_by_hand
from traces.actions.place_legal_hold import place_legal_hold
from traces.actions.redact import Redaction, redact
from traces.actions.say import Speech
from traces.actions.tell_run import Changes
from traces.queries.legal_holds import is_held
from traces.queries.same_texts import Place

Sent = Mapping[str, str]
LARGEST_SEQ = 2**53
SEQ_DIGITS = 17


def act_on(speech: Speech, sent: Sent, project_id: int) -> Changes:
    """Do what a form says. Raises Unfit for an act that is none, and what the act raises.

    While a legal hold stands what would delete asks for it instead.
    """
    act = ACTS.get(sent.get("act", ""))
    if act is None:
        raise Unfit("act", "is none of this page's")
    return act(speech, sent, is_held(speech.run_id, project_id))


def read_place(sent: Sent) -> Place | None:
    """Return which text of which entry is meant, None where none is."""
    entry, part = sent.get("entry", ""), sent.get("part", "")
    if not (entry.isascii() and entry.isdecimal() and len(entry) < SEQ_DIGITS and part):
        return None
    return Place(int(entry), part)


def _redact(speech: Speech, sent: Sent, held: bool) -> Changes:
    place = read_place(sent)
    if place is None:
        raise Unfit("part", "must be a text of an entry")
    try:
        rule = RedactionRule(sent.get("rule", ""))
    except ValueError:
        raise Unfit("rule", "must be one of those that are offered") from None
    wanted = Redaction(
        place=place,
        everywhere="everywhere" in sent,
        rule=rule,
        basis=sent.get("basis", ""),
        reason=sent.get("reason", ""),
    )
    if not held:
        return redact(speech=speech, redaction=wanted).changes
    asked = Asked(what=RemovalKind.REDACT, redaction=wanted, reason=wanted.reason)
    return ask_removal(speech=speech, asked=asked).changes


def _expire(speech: Speech, sent: Sent, held: bool) -> Changes:
    reason = sent.get("reason", "")
    if held:
        return _ask(speech, RemovalKind.EXPIRE, reason)
    return expire_by_hand(speech=speech, reason=reason)


def _expire_run(speech: Speech, sent: Sent, held: bool) -> Changes:
    if held:
        return _ask(speech, RemovalKind.EXPIRE_RUN, sent.get("reason", ""))
    expire_run_by_hand(speech=speech)
    return ()


def _hold(speech: Speech, sent: Sent, held: bool) -> Changes:
    return place_legal_hold(speech=speech, reason=sent.get("reason", "")).changes


def _lift(speech: Speech, sent: Sent, held: bool) -> Changes:
    asked = Asked(
        what=RemovalKind.LIFT_HOLD, hold_id=sent.get("hold", ""), reason=sent.get("reason", "")
    )
    return ask_removal(speech=speech, asked=asked).changes


def _decide(speech: Speech, sent: Sent, held: bool) -> Changes:
    request_id, agrees = sent.get("request", ""), sent.get("agrees") == "yes"
    return decide_removal(speech=speech, request_id=request_id, agrees=agrees)


def _ask(speech: Speech, what: RemovalKind, reason: str) -> Changes:
    return ask_removal(speech=speech, asked=Asked(what=what, reason=reason)).changes


ACTS: dict[str, Callable[[Speech, Sent, bool], Changes]] = {
    "redact": _redact,
    "expire": _expire,
    "expire_run": _expire_run,
    "hold": _hold,
    "lift": _lift,
    "decide": _decide,
}
