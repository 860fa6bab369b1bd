"""Which language an answer is in: people's choice, else their browser's; what machines read is English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from inspector.errors import FOR_MACHINES

SPREADSHEET = ".csv"


class LanguageMiddleware:
    """Django's LocaleMiddleware, but that machines are not asked.

    Addresses of machines, and files for spreadsheets, are English whatever a client accepts: programs
    compare their words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The next layer's answer, in the language."""
        language = language_of(request)
        with translation.override(language):
            return _marked(self.get_response(request), request, language)


def language_of(request: HttpRequest) -> str:
    """The language of the cookie, else the first that the browser accepts and we speak, else English."""
    if _is_for_machines(request):
        return settings.LANGUAGE_CODE
    return translation.get_language_from_request(request)


def spoken_language(cookies: Mapping[str, str], accepted: str) -> str:
    """The same for people's addresses, of a request's head alone: its cookies and its `Accept-Language`."""
    head = SimpleNamespace(COOKIES=cookies, META={"HTTP_ACCEPT_LANGUAGE": accepted})
    return translation.get_language_from_request(cast("HttpRequest", head))


def _is_for_machines(request: HttpRequest) -> bool:
    return request.path.startswith(FOR_MACHINES) or request.path.endswith(SPREADSHEET)


def _marked(response: HttpResponseBase, request: HttpRequest, language: str) -> HttpResponseBase:
    if not _is_for_machines(request):
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
    return response
