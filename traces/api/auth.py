"""Who asks the API: a key with the scope that is needed, or a person who is signed in."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.security.session import SessionAuth

from traces.actions.note_use import note_use
from traces.models import ApiKey
from traces.models.access import Role, Scope
from traces.queries.access import Viewer, viewer_of, viewer_of_key


class Key(HttpBearer):
    """A key in the Authorization header, looked up by its SHA-256: a revoked one is refused at once."""

    openapi_name = "key"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope.value

    def authenticate(self, request: HttpRequest, token: str) -> Viewer:
        """Return what the key may look into."""
        digest = hashlib.sha256(token.strip().encode("utf-8", "replace")).digest()
        key = ApiKey.objects.filter(digest=digest, revoked_at=None).first()
        if key is None:
            raise HttpError(401, "this key is unknown or was revoked")
        if self.scope not in key.scopes and Scope.ADMIN.value not in key.scopes:
            raise HttpError(403, f"this key lacks the scope {self.scope!r}")
        note_use(key, now=dt.datetime.now(dt.UTC))
        return viewer_of_key(key)


class Session(SessionAuth):
    """A person who is signed in; what changes something needs their CSRF token as well."""

    openapi_name = "session"

    def __init__(self, *roles: Role) -> None:
        super().__init__()
        self.roles = roles or tuple(Role)

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer | None:
        """Return the projects in which the person has one of the roles; any role will do for looking."""
        return viewer_of(request.user, self.roles) if request.user.is_authenticated else None


def asker_of(request: HttpRequest) -> Viewer:
    """Return who was let in."""
    asker: Viewer = request.auth  # type: ignore[attr-defined]
    return asker
