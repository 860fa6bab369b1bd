"""Signing in and out."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from traces.views.attempts import BoundedSignIn

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"

sign_in = LoginView.as_view(
    template_name="accounts/sign_in.html",
    authentication_form=BoundedSignIn,
    redirect_authenticated_user=True,
    extra_context={
        "local": f"{settings.DATA_DIR.name}/local.env" if settings.LOCAL_SIGN_IN_TOKEN else None
    },
)


@never_cache
@require_safe
def sign_in_local(request: HttpRequest, token: str) -> HttpResponse:
    """Sign this browser in as the local administrator: the link that `make run` prints.

    The one GET that changes something: a link in a terminal can be nothing else. It exists only in local mode, where
    the server is bound to 127.0.0.1; the token is 192 random bits in a file of mode 0600, compared in constant time.
    """
    expected = settings.LOCAL_SIGN_IN_TOKEN
    if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        raise Http404
    login(request, _local_admin(), backend=MODEL_BACKEND)
    return redirect("runs")


def _local_admin() -> User:
    admins = User.objects.filter(is_superuser=True, is_active=True)
    admin = admins.order_by("pk").first()
    if admin is None:
        raise Http404
    return admin


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session."""
    logout(request)
    return redirect("sign-in")
