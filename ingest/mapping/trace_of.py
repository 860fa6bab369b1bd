"""Which trace a record belongs to, and so which run."""

from __future__ import annotations

import json
from hashlib import blake2b

import orjson

from ingest.mapping.sessions import session_in
from ingest.wire.span import Attributes, LogRecord, Span


def trace_of(record: Span | LogRecord) -> str:
    """Return a record's trace; records outside any trace share a run per resource, and session if they name one."""
    if record.trace_id is not None:
        return record.trace_id
    session = session_in(record.attributes)
    written = _written(record.origin.resource) + (session.id.encode() if session else b"")
    return f"untraced:{blake2b(written, digest_size=16).hexdigest()}"


def _written(resource: Attributes) -> bytes:
    try:
        return orjson.dumps(resource, option=orjson.OPT_SORT_KEYS, default=str)
    except TypeError:  # a lone surrogate, which only the standard encoder takes
        return json.dumps(resource, sort_keys=True, default=str).encode()
