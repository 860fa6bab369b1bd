"""How many values a record holds, before any of them is made.

Two bytes of protobuf are a span event of 200 bytes once read: 24 MiB of them took 28 s and
2.7 GB to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import Protocol

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as LogMessage
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from ingest.wire.errors import Unreadable
from ingest.wire.limits import MAX_VALUES

SURELY_LIGHT_BYTES = 2 * MAX_VALUES
"""A value takes two bytes at least, a tag and a length: shorter records cannot hold too many."""


class _Pairs(Sized, Iterable[KeyValue], Protocol): ...


def weigh_span(message: SpanMessage) -> None:
    """Raise `Unreadable` for a span of more than `MAX_VALUES` values."""
    seen = _add(len(message.events) + len(message.links), 0)
    seen = _add_pairs(message.attributes, seen)
    for event in message.events:
        seen = _add_pairs(event.attributes, seen)
    for link in message.links:
        seen = _add_pairs(link.attributes, seen)


def weigh_log(message: LogMessage) -> None:
    """Raise `Unreadable` for a log record of more than `MAX_VALUES` values."""
    _add_value(message.body, _add_pairs(message.attributes, 0))


def _add(count: int, seen: int) -> int:
    if seen + count > MAX_VALUES:
        raise Unreadable(f"a record holds more than {MAX_VALUES} values")
    return seen + count


def _add_pairs(pairs: _Pairs, seen: int) -> int:
    seen = _add(len(pairs), seen)
    for pair in pairs:
        seen = _add_value(pair.value, seen)
    return seen


def _add_value(value: AnyValue, seen: int) -> int:
    if value.HasField("kvlist_value"):
        return _add_pairs(value.kvlist_value.values, seen)
    if value.HasField("array_value"):
        items = value.array_value.values
        seen = _add(len(items), seen)
        for item in items:
            seen = _add_value(item, seen)
    return seen
