"""The bytes that are hashed.

Profile: UTF-8, sorted ASCII keys, no whitespace, no floats, integers under 2^53. In this profile `orjson` with
sorted keys, `json.dumps(sort_keys=True)` and RFC 8785 (JCS) write the same bytes, so the faster one is taken
where it is installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def writer_of(encoder: json.JSONEncoder) -> Callable[[Any], str]:
    """Return what writes a value in this profile: the writer in C, which `encode` makes anew each time, made once."""
    make = json.encoder.c_make_encoder  # type: ignore[attr-defined]  # in no stub; None without C
    if make is None:
        return encoder.encode
    quote = json.encoder.encode_basestring
    write: Callable[[Any, int], Iterable[str]] = make(
        None, encoder.default, quote, None, ":", ",", True, False, False
    )
    return lambda value: "".join(write(value, 0))


_write = writer_of(_encoder)


def _dump_with_json(value: Any) -> bytes:
    return _write(value).encode("utf-8")


try:
    import orjson
except ImportError:
    dump = _dump_with_json
else:

    def dump(value: Any) -> bytes:
        """Return the canonical bytes of a value of the profile."""
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
