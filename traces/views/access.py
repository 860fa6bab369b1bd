"""What every page asks first: who is there, and may they see it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from deliberation.vocabulary import ActorKind
from traces.actions.note_access import note_access
from traces.models.access_tally import Way
from traces.queries.access import NotAllowed, NotVisible
from traces.queries.one_look import one_look

View = Callable[..., HttpResponse]


def _is_fragment(request: HttpRequest) -> bool:
    """Whether a script asks, which must not be given a sign-in page in place of a fragment."""
    return "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Dest") == "empty"


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if not _is_fragment(request):
        return redirect_to_login(request.get_full_path(), reverse("sign-in"))
    return HttpResponse(status=401, headers={"HX-Redirect": reverse("sign-in")})


def _note(request: HttpRequest, response: HttpResponse) -> None:
    """Note who was shown something of a run, whichever of an address's views showed it."""
    run_id = request.resolver_match.kwargs.get("run_id") if request.resolver_match else None
    if run_id is not None and response.status_code == HTTPStatus.OK:
        by = f"{ActorKind.USER.value}:{request.user.get_username()}"
        note_access(run_id, by=by, way=Way.VIEW)


def for_people(view: View) -> View:
    """A page that is only read: signed-in people only, and what they may not see is not there (404)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        try:
            with one_look():
                response = view(request, *args, **kwargs)
        except NotVisible as unseen:
            raise Http404 from unseen
        _note(request, response)
        return response

    return require_safe(never_cache(answer))


def for_changes(view: View) -> View:
    """What a form is sent to: signed-in people only, and what they may not see is not there (404)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        try:
            return view(request, *args, **kwargs)
        except NotVisible as unseen:
            raise Http404 from unseen
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from refused

    return require_POST(never_cache(answer))
