"""Which trace a record belongs to, and so which run."""

from __future__ import annotations

import json
from hashlib import blake2b

import orjson

from ingest.wire.span import Attributes, LogRecord, Span


def trace_of(record: Span | LogRecord) -> str:
    """Return a record's trace; records outside any trace share one run per resource."""
    if record.trace_id is not None:
        return record.trace_id
    written = _written(record.origin.resource)
    return f"untraced:{blake2b(written, digest_size=16).hexdigest()}"


def _written(resource: Attributes) -> bytes:
    try:
        return orjson.dumps(resource, option=orjson.OPT_SORT_KEYS, default=str)
    except TypeError:  # a lone surrogate, which only the standard encoder takes
        return json.dumps(resource, sort_keys=True, default=str).encode()
