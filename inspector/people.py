"""People's lane: all of Django's middleware and the view run in one thread, to which a request goes once.

Django's own handler adapts each middleware by itself: behind the usual ones a request to a view that is not async
changes fourteen times between the event loop and a thread, and each time waits for the interpreter's lock. A page's
own work was half of what it took of a busy server.
"""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PeopleHandler(ASGIHandler):
    """Django's handler for views and middleware that are not async; those that are run in that thread too."""

    def load_middleware(self, is_async: bool = True) -> None:
        """The chain as WSGI has it."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The view's answer; what was begun for a client that left is finished, as a transaction must be."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
