"""Errors of the addresses themselves: problem+json for machines, a page for people."""

from __future__ import annotations

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

PROBLEM = "application/problem+json"
FOR_MACHINES = ("/api/", "/v1/", "/otel", "/health/", "/metrics")
SENTENCES = {
    400: (_("Bad request"), _("The request could not be understood.")),
    403: (_("Forbidden"), _("You may not do this.")),
    404: (_("Not found"), _("There is nothing here, or it is not yours.")),
    500: (_("Internal error"), _("This is our fault; it has been logged.")),
    503: (_("Busy"), _("The database does not answer just now; try again in a moment.")),
}
RETRY_SECONDS = 2


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _tell(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _tell(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _tell(request, 404)


def internal(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database is away, or all connections to it were taken for too long."""
    if not isinstance(sys.exc_info()[1], OperationalError):
        return _tell(request, 500)
    response = _tell(request, 503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _tell(request: HttpRequest, status: int) -> HttpResponse:
    title, detail = SENTENCES[status]
    if request.path.startswith(FOR_MACHINES):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JsonResponse(problem, status=status, content_type=PROBLEM)
    # Without the request: a page about an error runs no context processor that may fail too.
    page = {"status": status, "title": gettext(title), "detail": gettext(detail)}
    return HttpResponse(render_to_string("error.html", page), status=status)
