"""Times that a file writes as ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def nanoseconds(value: Any) -> int | None:
    """Return ns since 1970, exact to the microsecond, or None where it is no time. Without a zone it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    found = (time - EPOCH) // MICROSECOND * 1000
    return found if 0 <= found < 2**63 else None
