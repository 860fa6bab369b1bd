"""How single values are written in the API: times, money and tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(ns: int | None) -> str | None:
    """Return ns since 1970 as RFC 3339 with all nine digits: 2026-11-23T12:00:00.000000001Z."""
    if ns is None:
        return None
    seconds, rest = divmod(ns, 1_000_000_000)
    moment = EPOCH + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def decimal_text(amount: Decimal | None) -> str | None:
    """Return money as a decimal string without padding zeros: "0.5", "12", never an exponent."""
    if amount is None:
        return None
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds(ns: int | None) -> float | None:
    """Return ns as seconds."""
    return None if ns is None else ns / 1e9
