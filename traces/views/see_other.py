"""Where a person goes after a change: to a page that is looked at, so that a reload changes nothing again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect


def see_other(place: str, **values: Any) -> HttpResponse:
    """Return 303 to an address, or to the page that is called so."""
    answer: HttpResponse = redirect(place, **values)
    answer.status_code = 303
    return answer
