"""Cells of tables about verifiers: estimates that may be undefined, and where the numbers of a row lead."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from traces.analytics.undefined import Estimate, Undefined
from traces.queries.judgements import NO_VERSION
from traces.queries.undefined_words import UNDEFINED
from traces.queries.verifier_cells import Cell
from traces.queries.verifier_list import VerifierRow

register = template.Library()


@register.simple_tag
def share(value: Estimate) -> SafeString:
    """A share in percent with one decimal, or that it is undefined, and why."""
    return (
        _undefined(value)
        if isinstance(value, Undefined)
        else format_html("{}\N{NO-BREAK SPACE}%", f"{value * 100:.1f}")
    )


@register.simple_tag
def estimate(value: Estimate) -> SafeString:
    """A number with two decimals, or that it is undefined, and why."""
    return _undefined(value) if isinstance(value, Undefined) else format_html("{}", f"{value:.2f}")


def _undefined(value: Undefined) -> SafeString:
    return format_html(
        '<span class="quiet">{}<span class="sr-only">: {}</span></span>',
        gettext("undefined"),
        UNDEFINED[value.value],
    )


@register.simple_tag
def cell_addresses(row: VerifierRow, query: str) -> dict[str, str]:
    """Where the nodes of each cell of a row are listed, and `page`, its verifier's."""
    version = urlencode({"version": row.version or NO_VERSION})
    base = f"{query}&{version}" if query else f"?{version}"
    listed = reverse("verifier-nodes", args=[row.verifier])
    found = {cell.value: f"{listed}{base}&cell={cell.value}" for cell in Cell}
    return found | {"page": reverse("verifier", args=[row.verifier]) + base}
