"""What cannot be taken of a form, as a sentence: "The name has 1 to 100 printable characters."."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from traces.actions.conflict import Unfit

SUBJECTS: dict[str, Promise] = {
    "name": _("The name"),
    "person": _("The name"),
    "role": _("The role"),
    "scopes": _("The scopes"),
    "tool": _("The tool"),
    "side_effect": _("The side effect"),
    "risk": _("The risk"),
    "needed": _("The number of people"),
    "waits": _("The time that it waits"),
    "escalate_to": _("Who is asked next"),
    "escalate_after": _("When they are asked"),
    "strategy": _("The strategy"),
    "model": _("The model"),
    "tag": _("The tag"),
    "query": _("The query"),
    "decision": _("The decision"),
    "reason": _("The reason"),
    "arguments": _("The arguments"),
    "message": _("The message"),
    "text": _("The text"),
    "add": _("The tags to put on"),
    "remove": _("The tags to take off"),
    "reply_to": _("The note that is answered"),
    "rating": _("The rating"),
    "outcome": _("The verdict"),
    "ticket": _("The ticket of the form"),
    "head": _("The head"),
    "seen_root": _("The head"),
}


def tell_unfit(unfit: Unfit, *, field: str | None = None) -> str:
    """Return the sentence; `field` is what the form calls the field, where it calls it otherwise."""
    name = field or unfit.field
    return tell_of(SUBJECTS.get(name, name.replace("_", " ")), unfit.sentence)


def tell_of(subject: Promise | str, sentence: str) -> str:
    """Return what is said of a subject, as a sentence."""
    return gettext("{subject} {sentence}.").format(subject=subject, sentence=sentence)
