"""What the address of a run's page asks of the tree. The browser narrows it; here is refused what is none."""

from __future__ import annotations

import re

from django.http import QueryDict
from django.utils.translation import gettext

from deliberation.vocabulary import DiscardReason, Fate, NodeKind, VerdictOutcome
from traces.queries.absent import KIND as NOT_RECEIVED
from traces.views.run_filter_form import Unreadable

NONE = "none"
"""Stands for nodes that have no such word."""
WORDS = {
    "fate": (*(fate.value for fate in Fate),),
    "reason": (*(reason.value for reason in DiscardReason), NONE),
    "verdict": (*(outcome.value for outcome in VerdictOutcome), NONE),
    "kind": (*(kind.value for kind in NodeKind), NOT_RECEIVED),
}
SHOWN = ("folded", "all")
LONGEST_NAME = 1_000
LONGEST_AMOUNT = 15
LONGEST_SEARCH = 200


def check_tree_view(asked: QueryDict) -> None:
    """Raise Unreadable where an address asks for what no tree can show: a word that is none, or no amount."""
    for name, words in WORDS.items():
        said = asked.get(name) or None
        strange = said is not None and next((w for w in said.split(",") if w not in words), None)
        if strange or strange == "":
            raise Unreadable(
                gettext("{name} takes, with commas between them: {known}.").format(
                    name=name, known=", ".join(words)
                )
            )
    if (asked.get("show") or SHOWN[0]) not in SHOWN:
        raise Unreadable(gettext("show must be one of: {known}.").format(known=", ".join(SHOWN)))
    verifier = asked.get("verifier") or ""
    if len(verifier) > LONGEST_NAME or "\x00" in verifier:
        raise Unreadable(gettext("verifier is no name of one."))
    cost = asked.get("cost_from") or "0"
    if len(cost) > LONGEST_AMOUNT or not re.fullmatch(r"[0-9]+\.?[0-9]*|\.[0-9]+", cost):
        raise Unreadable(gettext("cost_from is an amount of dollars."))
    if len(asked.get("q") or "") > LONGEST_SEARCH:
        raise Unreadable(
            gettext("q has at most {longest_search} characters.").format(
                longest_search=LONGEST_SEARCH
            )
        )
