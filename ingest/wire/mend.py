"""Protobuf messages with texts that are not UTF-8, made readable.

The specification forbids them, and protobuf's parser refuses the whole message; but an SDK that cuts long texts by
bytes sends them, and one such text must not cost its span. Each byte that is none becomes NUL, which readers are shown
as U+FFFD with a flag. The texts as they came are kept beside, as bytes: nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message

from ingest.wire.errors import Malformed, Unreadable
from ingest.wire.limits import MAX_NESTING
from ingest.wire.walk import Range, fields

BROKEN = "otel.broken_texts"
"""The attribute under which a record's texts are kept that are no UTF-8."""

ESCAPED = re.compile("[\udc80-\udcff]")
M = TypeVar("M", bound=Message)


def parse(kind: type[M], raw: bytes) -> M:
    """Return the message of a kind that has attributes; see `BROKEN`. Raises `Unreadable`."""
    try:
        return kind.FromString(raw)
    except DecodeError:
        mended, broken = _mend(raw, kind.DESCRIPTOR)
    try:
        message: Any = kind.FromString(mended)
    except DecodeError:
        raise Unreadable("a record is not protobuf, or nested too deeply") from None
    kept = message.attributes.add(key=BROKEN).value.array_value.values
    for text in broken:
        kept.add(bytes_value=text)
    found: M = message
    return found


def _mend(raw: bytes, kind: Any) -> tuple[bytes, list[bytes]]:
    """Return a message's bytes, as many, with its texts in order, and the texts that were not."""
    mended, broken = bytearray(raw), []
    try:
        for start, end in _texts(raw, 0, len(raw), kind, 0):
            text = raw[start:end]
            written = ESCAPED.sub("\0", text.decode("utf-8", "surrogateescape")).encode()
            if written != text:
                mended[start:end] = written
                broken.append(text)
    except (Malformed, IndexError):
        raise Unreadable("a record is not protobuf") from None
    return bytes(mended), broken


def _texts(raw: bytes, at: int, end: int, kind: Any, depth: int) -> Iterator[Range]:
    """Yield where the texts of a message stand, and of the messages in it. `kind` is its descriptor."""
    if depth > MAX_NESTING:
        raise Unreadable("a record is nested too deeply")
    for number, start, stop in fields(raw, at, end):
        field = kind.fields_by_number.get(number)
        if field is None:
            continue
        if field.type == FieldDescriptor.TYPE_STRING:
            yield start, stop
        elif field.message_type is not None:
            yield from _texts(raw, start, stop, field.message_type, depth + 1)
