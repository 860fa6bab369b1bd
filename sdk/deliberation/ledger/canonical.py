"""The bytes that are hashed.

Profile: UTF-8, sorted ASCII keys, no whitespace, no floats, integers under 2^53. In this profile `orjson` with
sorted keys, `json.dumps(sort_keys=True)` and RFC 8785 (JCS) write the same bytes, so the faster one is taken
where it is installed.
"""

from __future__ import annotations

import json
from typing import Any

_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def _dump_with_json(value: Any) -> bytes:
    return _encoder.encode(value).encode("utf-8")


try:
    import orjson
except ImportError:
    dump = _dump_with_json
else:

    def dump(value: Any) -> bytes:
        """Return the canonical bytes of a value of the profile."""
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
