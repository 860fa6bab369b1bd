"""Entries of a ledger in plain sentences, and their facts in a few words."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliberation import events
from deliberation.events import Event
from deliberation.vocabulary import Cost, Usage

SENTENCES: dict[type[Event], Promise] = {
    events.RunOpened: _("The server heard of the run for the first time"),
    events.RunStarted: _("The program said how it means to go about it"),
    events.RunEnded: _("The program said that it is done"),
    events.RunQuieted: _("Nothing more was heard, and the run was taken to be over"),
    events.NodeStarted: _("A node began"),
    events.NodeEnded: _("A node was over"),
    events.NodeObserved: _("A node was reported"),
    events.MessageObserved: _("A message of a node was reported"),
    events.NodeScored: _("The search put a number on a node"),
    events.FateDecided: _("It was decided what becomes of a node"),
    events.CandidateProposed: _("A node came with an answer"),
    events.VerdictGiven: _("A verifier judged a node"),
    events.AnswerSelected: _("A node was chosen as the answer"),
    events.EdgeDrawn: _("A node was said to stand to another"),
    events.GapReported: _("The program said that it lost reports"),
    events.CommandIssued: _("Something was asked of the run"),
    events.CommandStaged: _("What was asked came further"),
    events.HoldPlaced: _("The run was held"),
    events.HoldLifted: _("A hold was lifted"),
    events.StateReported: _("The run was observed in a state"),
    events.AttemptAttached: _("A process took the run"),
    events.BudgetSet: _("A limit was set"),
    events.BudgetHit: _("A limit was reached"),
    events.ApprovalRequested: _("The program asked people about an action"),
    events.ApprovalDecided: _("Somebody decided about an action"),
    events.ApprovalClosed: _("A request for approval was resolved"),
    events.PermitConsumed: _("A permit was used"),
    events.PermitRefused: _("A permit was refused"),
    events.StrategySet: _("Somebody said what the strategy is"),
    events.NoteWritten: _("Somebody wrote a note"),
    events.NoteRevised: _("Somebody wrote their note anew"),
    events.NoteWithdrawn: _("A note was withdrawn"),
    events.RatingGiven: _("Somebody said how good they find it"),
    events.TagsChanged: _("Somebody changed the tags"),
    events.SignedOff: _("Somebody answered for the run as they had seen it"),
    events.PartRedacted: _("A text was deleted for good"),
    events.ContentExpired: _("All texts so far were deleted for good"),
    events.LegalHoldPlaced: _("A legal hold was placed"),
    events.LegalHoldLifted: _("A legal hold was lifted"),
    events.RemovalAsked: _("Somebody asked to take something away under a legal hold"),
    events.RemovalClosed: _("A request to take something away was decided"),
    events.ValueDrawn: _("The program took a random seed or the time of day"),
    events.ReplayDiverged: _("The replay did something else than was recorded"),
    events.ReplayEnded: _("The program counted what it had replayed"),
}

FACTS: dict[str, Promise] = {
    "node_kind": _("kind"),
    "fate": _("fate"),
    "outcome": _("outcome"),
    "reason": _("reason"),
    "verifier": _("verifier"),
    "value": _("value"),
    "cutoff": _("cut-off"),
    "score": _("score"),
    "threshold": _("threshold"),
    "visits": _("visits"),
    "prior": _("prior"),
    "rank": _("rank"),
    "votes": _("votes"),
    "cluster": _("cluster"),
    "status": _("status"),
    "model": _("model"),
    "tool": _("tool"),
    "usage": _("tokens"),
    "cost": _("cost"),
    "state": _("state"),
    "strategy": _("strategy"),
    "command_kind": _("command"),
    "stage": _("stage"),
    "decision": _("decision"),
    "dimension": _("limit of"),
    "which": _("which"),
    "hard": _("hard limit"),
    "soft": _("soft limit"),
    "spent": _("spent"),
    "limit": _("limit"),
    "rule": _("rule"),
    "margin": _("margin"),
    "edge": _("relation"),
    "missing": _("lost"),
    "attempt": _("attempt"),
    "stop_reason": _("why it ended"),
    "rating": _("rating"),
    "by": _("by"),
}
"""The facts that are shown, in this order, by the name of an event's field."""


def fact_words(value: Any) -> str:
    """Return a fact in a few words; empty where it says nothing."""
    if isinstance(value, Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, Usage):
        known = ((value.input, "in"), (value.output, "out"), (value.reasoning, "reasoning"))
        return ", ".join(f"{count:,} {word}" for count, word in known if count is not None)
    if isinstance(value, Cost):
        return "" if value.amount is None else f"{_plain(value.amount)} {value.currency}"
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
