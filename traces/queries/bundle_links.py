"""Links to a bundle that need no key and no sign-in, for an hour: to hand it to somebody who has neither.

Whoever has the link has the bundle. It is signed with the server's secret, names the bundle and the moment it ends, and
stands nowhere; it ends with the bundle's file as well.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from traces.queries.access import NotVisible

SALT = "bundle.link"
LINK_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Link:
    """Where a bundle can be had until `until_ns`, ns since 1970. `path` begins with a slash."""

    path: str
    until_ns: int


def make_link(bundle_id: uuid.UUID, *, now_ns: int) -> Link:
    """Return a link to a bundle. The caller has checked who asks."""
    until_ns = now_ns + LINK_SECONDS * 10**9
    token = signing.dumps([str(bundle_id), until_ns], salt=SALT, compress=False)
    return Link(reverse("bundle-link", args=[token]), until_ns)


def read_link(token: str, *, now_ns: int) -> uuid.UUID:
    """Return the bundle that a link leads to. Raises NotVisible for one that is none, or whose time is over."""
    try:
        bundle_id, until_ns = signing.loads(token, salt=SALT)
        found = uuid.UUID(bundle_id)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise NotVisible from None
    if not isinstance(until_ns, int) or now_ns >= until_ns:
        raise NotVisible
    return found
