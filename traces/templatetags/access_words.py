"""What each role and each scope allows, in a sentence."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from traces.models.access import Role, Scope

register = template.Library()
ROLES = {
    Role.VIEWER: _("Sees runs, approvals, policies, prices, and this page."),
    Role.REVIEWER: _("Also decides about actions that wait, and says what a run's strategy was."),
    Role.OPERATOR: _(
        "Also pauses, steers, stops and kills runs, raises their budgets, and imports files."
    ),
    Role.OWNER: _("Also changes policies, prices, keys, and who has which role."),
}
SCOPES = {
    Scope.INGEST: _(
        "Sends traces and events, and hears what is asked of its runs. What an instrumented program needs."
    ),
    Scope.READ: _("Reads everything in the project over the API."),
    Scope.CONTROL: _(
        "Pauses, steers, stops and kills runs, raises their budgets, and decides about actions that wait."
    ),
    Scope.EXPORT: _("Exports bundles of runs, with every text in them."),
    Scope.RUN: _(
        "Serves replays: takes those that wait, and reads the recordings that they are answered from."
    ),
    Scope.ADMIN: _("Does all of that, and changes policies, prices and strategies."),
}
ROLE_NAMES = {
    Role.VIEWER: (pgettext_lazy("role", "viewer"), pgettext_lazy("role", "viewers")),
    Role.REVIEWER: (pgettext_lazy("role", "reviewer"), pgettext_lazy("role", "reviewers")),
    Role.OPERATOR: (pgettext_lazy("role", "operator"), pgettext_lazy("role", "operators")),
    Role.OWNER: (pgettext_lazy("role", "owner"), pgettext_lazy("role", "owners")),
}
"""One of them, and several."""


@register.filter
def role_word(role: str | None) -> str:
    """A role as people call it; what is none stays as it is."""
    return str(ROLE_NAMES[Role(role)][0]) if role in ROLE_NAMES else str(role)


@register.filter
def roles_word(role: str) -> str:
    """Those who have the role: "owners"."""
    return str(ROLE_NAMES[Role(role)][1])


@register.filter
def role_sentence(role: str) -> str:
    """What somebody with the role may do, beyond the role before it."""
    return str(ROLES[Role(role)])


@register.filter
def scope_sentence(scope: str) -> str:
    """What a key with the scope may do."""
    return str(SCOPES[Scope(scope)])
