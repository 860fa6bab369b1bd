"""A bundle's file, as an answer: streamed by portions from wherever it lies."""

from __future__ import annotations

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from deliberation.vocabulary import ActorKind
from traces.actions.note_access import note_access
from traces.models.access_tally import Way
from traces.queries.access import NotVisible
from traces.queries.bundle_files import ZIP, open_bundle
from traces.queries.bundle_links import read_link
from traces.queries.bundles import BundleRow, bundle_of_link, get_bundle
from traces.queries.clock import read_clock
from traces.views.access import for_people

BY_LINK = "link"
NOWHERE = "This link leads nowhere: it has expired, or was not copied whole.\n"


@for_people
def download(request: HttpRequest, bundle_id: str) -> HttpResponse:
    """The file, for whoever may look into its project."""
    row = get_bundle(who=request.user, bundle_id=bundle_id)
    by = f"{ActorKind.USER.value}:{request.user.get_username()}"
    return _send(request, row, by)  # type: ignore[return-value]


@require_safe
@never_cache
def by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file, for whoever has a link to it."""
    try:
        row = bundle_of_link(read_link(token, now_ns=read_clock()))
        return _send(request, row, BY_LINK)
    except NotVisible:
        return HttpResponse(NOWHERE, status=404, content_type="text/plain; charset=utf-8")


def _send(request: HttpRequest, row: BundleRow, by: str) -> HttpResponseBase:
    found = open_bundle(row, beside=isinstance(request, ASGIRequest))
    note_access(row.run_id, by=by, way=Way.DOWNLOAD)
    return StreamingHttpResponse(found.portions, content_type=ZIP, headers=found.headers)
