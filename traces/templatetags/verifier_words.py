"""What the verifier of bundles says is not proven, in the language of the page. It speaks English alone."""

from __future__ import annotations

import re

from django import template
from django.utils.translation import gettext, gettext_noop

register = template.Library()

RUN = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOT_PROVEN = frozenset(
    {
        gettext_noop("who made this: name a key with --trust, from a source other than the bundle"),
        gettext_noop(
            "that run {run} stood like this before you saw it: whoever holds the key could have "
            "written it anew (bring a head with --known-head)"
        ),
        gettext_noop("when anything was: no time stamp of a third party was checked"),
        gettext_noop("that no run is missing: not every run has a proof in the instance's log"),
        gettext_noop(
            "that no run is missing: the proofs show these runs in the instance's log, not what "
            "else is there"
        ),
        gettext_noop("what the withheld and removed parts said: only that they were there"),
        gettext_noop("that a fact is told once: the keys of entries were not compared"),
        gettext_noop("that report.html tells what the ledger says: read it as its maker's words"),
        gettext_noop(
            "that what was reported is true, or that everything was reported: a bundle proves "
            "what reached the server"
        ),
        gettext_noop("that a model's stated reasoning caused its answer"),
        gettext_noop(
            "that the times in entries are right: they are claims of the clocks that wrote them"
        ),
    }
)
"""The sentences that catalogues have; {run} stands for the id of a run."""


@register.filter
def not_proven_words(sentence: str) -> str:
    """Return a sentence of the verifier's as the page says it; one that no catalogue has stays as it is."""
    found = RUN.search(sentence)
    said = sentence if found is None else sentence.replace(found[0], "{run}")
    if said not in NOT_PROVEN:
        return sentence
    return gettext(said).replace("{run}", found[0] if found else "")
