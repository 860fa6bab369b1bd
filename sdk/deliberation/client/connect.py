"""Ways to the server that the settings name."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable

from deliberation.client.announce import Announcer
from deliberation.client.counts import Counts
from deliberation.client.settings import Settings
from deliberation.client.talk import Talk
from deliberation.client.transport import Transport


def make_transport(settings: Settings) -> Transport:
    """Return a connection to the server, not opened yet. Raises ValueError for an address that is none.

    Without a server or a key it leads nowhere, and nobody may use it.
    """
    url, key = settings.url or "http://nowhere.invalid", settings.key or ""
    return Transport(url, key, timeout=settings.timeout)


def make_holder(randbytes: Callable[[int], bytes]) -> str:
    """Return a name that no other process has."""
    return f"{socket.gethostname()}/{os.getpid()}/{randbytes(4).hex()}"


def make_talk(settings: Settings, *, counts: Counts, holder: str) -> Talk:
    """Return what speaks for this process's runs."""
    return Talk(
        settings,
        make_transport=lambda: make_transport(settings),
        counts=counts,
        random=random.random,
        holder=holder,
        announcer=Announcer(settings.supervisor),
    )
