"""Addresses that stand two hundred times in a piece of a page."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.urls.converters import get_converters

register = template.Library()
SAFE = "!$&'()*+,;=/~:@"
"""What `reverse` leaves as it is: the sub-delimiters of RFC 3986, and four more."""


@register.filter
def node_address(node_id: str, run_id: object) -> str:
    """The same as `{% url "node" run_id node_id %}`, at a fifth of its cost."""
    return _before(run_id) + quote(_escaped(node_id), safe=SAFE)


@lru_cache(maxsize=256)
def _before(run_id: object) -> str:
    return reverse("node", args=[run_id, "x"]).removesuffix("x")


def _escaped(node_id: str) -> str:
    return get_converters()["foreign_id"].to_url(node_id)
