"""Identities: run ids that sort by time, node ids in the shape of span ids."""

from __future__ import annotations

import uuid
from collections.abc import Callable


def make_run_id(now_ns: int, randbytes: Callable[[int], bytes]) -> str:
    """Return a UUIDv7 (RFC 9562 §5.7) for the given time in ns since 1970, as 36 characters.

    The 48 time bits let tables be partitioned by month on the run id alone.
    """
    milliseconds = (now_ns // 1_000_000) & ((1 << 48) - 1)
    tail = int.from_bytes(randbytes(10), "big")
    random_a, random_b = tail >> 68, tail & ((1 << 62) - 1)
    return str(
        uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b)
    )


def make_node_id(randbytes: Callable[[int], bytes]) -> str:
    """Return 16 hex characters: an OpenTelemetry span id, so that both worlds can name one node."""
    return randbytes(8).hex()
