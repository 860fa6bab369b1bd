"""The pages of one run: what each is called, and the line of tabs that leads to them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

SECTIONS: dict[str, Promise] = {
    "run-candidates": _("Candidates"),
    "run-graveyard": _("Graveyard"),
    "run-timeline": _("Timeline"),
    "run-decision": _("Decision"),
    "run-counterfactual": _("Alternatives"),
    "run-figures": _("Figures"),
    "run-playback": _("Playback"),
    "run-replays": _("Replay"),
    "run-notes": _("Notes"),
    "run-ledger": _("Ledger"),
    "run-bundles": _("Bundles"),
    "run-disclosure": _("Disclosure"),
    "run-retention": _("Retention"),
}
"""By the name of the address, in the order of the tabs."""


@register.inclusion_tag("runs/_tabs.html", takes_context=True)
def run_tabs(context: template.RequestContext) -> dict[str, Any]:
    """The tabs; on the run's own page those to its parts come first."""
    here = _here(context)
    return {
        "run": context["run"],
        "here": here,
        "sections": SECTIONS,
        "is_run_page": here not in SECTIONS,
    }


@register.simple_tag(takes_context=True)
def section_name(context: template.RequestContext) -> Promise:
    """What the page that is shown is called."""
    return SECTIONS[_here(context)]


def _here(context: template.RequestContext) -> str:
    return str(context["request"].resolver_match.url_name)
