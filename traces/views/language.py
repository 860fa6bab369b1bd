"""The language in which a person reads the pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from traces.views.see_other import see_other


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep a language in this browser, and lead back to the page.

    400 for a language that we do not speak; a `next` on another host leads to the runs.
    """
    chosen, place = request.POST.get("language", ""), request.POST.get("next", "")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(
            gettext("This language is not spoken here."), content_type="text/plain"
        )
    is_ours = url_has_allowed_host_and_scheme(
        place, {request.get_host()}, require_https=request.is_secure()
    )
    answer = see_other(place if is_ours else "runs")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return answer
