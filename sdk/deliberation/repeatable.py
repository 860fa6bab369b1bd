"""Names that come out the same when a program is run again, so that its facts are recorded once."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from hashlib import sha256

from deliberation.ids import make_run_id


def repeatable_randbytes(*words: str) -> Callable[[int], bytes]:
    """Return a source of bytes that depends on the words alone. For names, never for secrets."""
    return random.Random(sha256("\x00".join(words).encode()).digest()).randbytes


def month_run_id(month: dt.date, randbytes: Callable[[int], bytes]) -> str:
    """Return a run id whose time is the month's first instant (UTC).

    It lies in that month's partition.
    """
    first = dt.datetime(month.year, month.month, 1, tzinfo=dt.timezone.utc)
    return make_run_id(int(first.timestamp()) * 1_000_000_000, randbytes)
