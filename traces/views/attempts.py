"""A bound on guessing passwords: at most `MOST` for a name from one address in `PAUSE_SECONDS`.

Counted in the memory of one web process: a restart forgets, several processes each count for themselves, and a flood
of made-up names pushes counts out. A name alone is not locked, or anybody could lock somebody else out; behind a
proxy all come from one address, and so they can.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

MOST = 10
PAUSE_SECONDS = 300


class BoundedSignIn(AuthenticationForm):
    """Django's form, which after too many guesses looks at no password, right or wrong."""

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a wrong password, and for any password after too many."""
        key = self._key()
        # Counted before it is asked, or many at once would all be let through.
        if _count(key) > MOST:
            raise ValidationError(gettext("Too many wrong passwords. Come back in five minutes."))
        found = super().clean()
        cache.delete(key)
        return found

    def _key(self) -> str:
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        name = str(self.cleaned_data.get("username", "")).casefold()
        digest = hashlib.sha256(f"{address}\n{name}".encode("utf-8", "replace")).hexdigest()
        return f"sign-in:{digest}"


def _count(key: str) -> int:
    cache.add(key, 0, PAUSE_SECONDS)
    with suppress(ValueError):  # it ran out between the two
        return int(cache.incr(key))
    return 1
