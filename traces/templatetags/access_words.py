"""What each role and each scope allows, in a sentence."""

from __future__ import annotations

from django import template

from traces.models.access import Role, Scope

register = template.Library()
ROLES = {
    Role.VIEWER: "Sees runs, approvals, policies, prices, and this page.",
    Role.REVIEWER: "Also decides about actions that wait, and says what a run's strategy was.",
    Role.OPERATOR: "Also pauses, steers, stops and kills runs, raises their budgets, and imports files.",
    Role.OWNER: "Also changes policies, prices, keys, and who has which role.",
}
SCOPES = {
    Scope.INGEST: "Sends traces and events, and hears what is asked of its runs. What an instrumented program needs.",
    Scope.READ: "Reads everything in the project over the API.",
    Scope.CONTROL: "Pauses, steers, stops and kills runs, raises their budgets, and decides about actions that wait.",
    Scope.EXPORT: "Exports bundles of runs, with every text in them.",
    Scope.ADMIN: "Does all of that, and changes policies, prices and strategies.",
}


@register.filter
def role_sentence(role: str) -> str:
    """What somebody with the role may do, beyond the role before it."""
    return ROLES[Role(role)]


@register.filter
def scope_sentence(scope: str) -> str:
    """What a key with the scope may do."""
    return SCOPES[Scope(scope)]
