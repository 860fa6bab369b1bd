"""Three lanes: people's pages go through all of Django's middleware, machines' `/v1/`, probes and files through none.

Measured on one core: an async view behind the usual middleware costs some ten hops between the
event loop and a thread (each MiddlewareMixin two, each signal and `response.close` one). The
machine lane makes none: its views check their own key, and know neither sessions nor cookies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix, set_urlconf

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Probes come by address, not by name, so ALLOWED_HOSTS must not judge them either.
MACHINES = ("/v1/", "/otel", "/api/public/", "/health/", "/metrics")
FILES = "/static/"


def choose_lane(machines: Application, files: Application, people: Application) -> Application:
    """An ASGI application that sends machines down their lane, whoever wants a file down another, the rest the last."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(MACHINES):
            await machines(scope, receive, send)
        elif path.startswith(FILES):
            await files(scope, receive, send)
        else:
            await people(scope, receive, send)

    return application


# What the middleware of the people's lane adds; a browser may be led here too.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class MachineHandler(ASGIHandler):
    """Django's handler without middleware, request signals and threads.

    Bodies are kept in memory: `inspector.door` bounds them. The view is cancelled when its client
    goes away, as in Django's own handler. Connections of Django's ORM are not tidied up here.
    """

    def load_middleware(self, is_async: bool = True) -> None:
        """The chain is the view alone, with Django's conversion of exceptions to answers."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response_async)  # type: ignore[attr-defined]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        set_script_prefix(scope.get("root_path", ""))
        request, response = self.create_request(scope, body)
        if request is None:
            await self.send_response(cast("HttpResponse", response), send)
            return
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        answering = asyncio.create_task(self._answer(request, send))
        await asyncio.wait({leaving, answering}, return_when=asyncio.FIRST_COMPLETED)
        for task in (leaving, answering):
            task.cancel()
        with suppress(RequestAborted, asyncio.CancelledError):
            await leaving
        with suppress(asyncio.CancelledError):
            await answering

    async def read_body(self, receive: Receive) -> BytesIO:
        """The whole body; the door has bounded it."""
        body = BytesIO()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            body.write(message.get("body", b""))
            more = message.get("more_body", False)
        body.seek(0)
        return body

    async def get_response_async(self, request: HttpRequest) -> HttpResponse:
        """The view's answer; refusals are not logged, for a flood of them must stay cheap."""
        set_urlconf(settings.ROOT_URLCONF)
        answering = self._middleware_chain(request)
        return await cast("Coroutine[Any, Any, HttpResponse]", answering)

    async def send_response(self, response: HttpResponseBase, send: Send) -> None:
        """The answer: to be kept by no cache, and never to be read as a page."""
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        await super().send_response(response, send)

    async def _answer(self, request: ASGIRequest, send: Send) -> None:
        response = await self.run_get_response(request)
        try:
            await self.send_response(response, send)
        finally:
            request.close()
            response.close()
