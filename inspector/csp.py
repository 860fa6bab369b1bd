"""The Content-Security-Policy header.

The setting's name and shape are those of Django 6.0, so that this file can go when we do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"


def build_policy(directives: Mapping[str, Sequence[str]]) -> str:
    """`{"script-src": ["'self'"]}` as the value of the header."""
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


class ContentSecurityPolicyMiddleware:
    """Adds the policy to each answer that has none of its own; never leaves the event loop."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.policy = build_policy(settings.SECURE_CSP)
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """The next layer's answer, with the header."""
        if self.is_async:
            return self._answer(self.get_response(request))  # type: ignore[arg-type]
        return self._protect(self.get_response(request))

    async def _answer(self, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return self._protect(await response)

    def _protect(self, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault(HEADER, self.policy)
        return response
