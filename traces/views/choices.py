"""Parameters of an address that choose among named things."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext

Choice = TypeVar("Choice", bound=Enum)


class NotAChoice(ValueError):
    """A parameter that names none of the things there are; the message is a sentence that says which there are."""


def chosen(request: HttpRequest, name: str, choices: type[Choice]) -> Choice | None:
    """Return what the parameter `name` chooses, None where it is left out or empty. Raises NotAChoice."""
    word = request.GET.get(name)
    if not word:
        return None
    try:
        return choices(word)
    except ValueError:
        known = ", ".join(each.value for each in choices)
        raise NotAChoice(
            gettext("{name} is one of {known}").format(name=name, known=known)
        ) from None


def whole_number(request: HttpRequest, name: str, least: int, default: int) -> int:
    """Return a whole number of a sane length from `least` on. Raises NotAChoice."""
    word = request.GET.get(name) or str(default)
    if word.isascii() and word.isdecimal() and len(word) <= 9 and int(word) >= least:
        return int(word)
    raise NotAChoice(
        gettext("{name} is a whole number from {least} on").format(name=name, least=least)
    )


def number_or_none(request: HttpRequest, name: str) -> int | None:
    """Return a whole number from 0 on, None where it is left out. Raises NotAChoice."""
    return whole_number(request, name, 0, 0) if request.GET.get(name) else None


def refuse_other_choices(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that answers 400 with the sentence where a parameter names none of the choices."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotAChoice as refused:
            return HttpResponseBadRequest(str(refused), content_type="text/plain; charset=utf-8")

    return answer
