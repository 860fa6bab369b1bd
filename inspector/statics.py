"""The lane of files: scripts, styles and pictures, served from the event loop, to whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

from inspector.csp import HEADER, build_policy
from inspector.lanes import Send


class _Files(ServeStaticMiddleware):  # type: ignore[misc]
    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whether what is at an address never changes: it names its edition, but on a developer's machine."""
        return not settings.DEBUG


class StaticHandler(ASGIHandler):
    """Django's handler with servestatic for its only middleware, and no view."""

    def load_middleware(self, is_async: bool = True) -> None:
        """The chain is servestatic alone."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._headers: Mapping[str, str] = {
            HEADER: build_policy(settings.SECURE_CSP),
            "X-Content-Type-Options": "nosniff",
        }
        self._middleware_chain = convert_exception_to_response(_Files(_absent))

    async def send_response(self, response: HttpResponseBase, send: Send) -> None:
        """The file, under the policy of the pages: a picture may carry a script."""
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        await super().send_response(response, send)


async def _absent(request: HttpRequest) -> HttpResponse:
    return HttpResponse("There is no such file.", content_type="text/plain", status=404)
