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


def _chunk_writer() -> Callable[[Any, int], Iterable[str]]:
    """Return the writer in C that an encoder makes anew for each value, made once."""
    make = json.encoder.c_make_encoder  # type: ignore[attr-defined]  # in no stub; None without C
    if make is None:
        return lambda value, _: _encoder.iterencode(value)
    quote = json.encoder.encode_basestring
    return make(None, _encoder.default, quote, None, ":", ",", True, False, False)  # type: ignore[no-any-return]


_write_chunks = _chunk_writer()


def _dump_with_json(value: Any) -> bytes:
    return "".join(_write_chunks(value, 0)).encode("utf-8")


try:
    import orjson
except ImportError:
    dump = _dump_with_json
else:

    def dump(value: Any) -> bytes:
        """Return the canonical bytes of a value of the profile."""
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
