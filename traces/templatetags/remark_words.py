"""What people said, as pages write it."""

from __future__ import annotations

import secrets

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import Rating, SignOff
from traces.models.remark import NOTE, RATING, SIGN_OFF, TAGS

register = template.Library()

KIND_WORDS: dict[str, Promise] = {
    NOTE: _("Notes"),
    TAGS: _("Tags"),
    RATING: _("Ratings"),
    SIGN_OFF: _("Sign-offs"),
}
STAR, NO_STAR = "★", "☆"
HEAD_CHARS = 12


@register.simple_tag
def ticket() -> str:
    """Return a name for one form, so that sent twice it says its words once."""
    return secrets.token_urlsafe(16)


@register.simple_tag
def rating_words() -> list[tuple[str, int]]:
    """The words of the scale, the best first, each with its number."""
    return [(rating.value, rating.number) for rating in reversed(Rating)]


@register.simple_tag
def sign_off_words() -> list[str]:
    """What a person may answer for."""
    return [each.value for each in SignOff]


@register.simple_tag
def remark_kinds() -> dict[str, Promise]:
    """The kinds of what is said, as a choice."""
    return KIND_WORDS


@register.filter
def stars(number: int) -> str:
    """A rating as five stars."""
    return STAR * number + NO_STAR * (len(Rating) - number)


@register.filter
def speaker(by: str) -> str:
    """Who said something: a person by their name alone, a key with its kind."""
    return by.removeprefix("user:")


@register.filter
def short_root(root: str | None) -> str:
    """The beginning of a Merkle root."""
    return f"{root[:HEAD_CHARS]}…" if root else "–"
