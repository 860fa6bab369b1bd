"""Every limit on what comes in, by name. Sizes in bytes, the rest in counts.

How large a request may be as it is sent is a setting, and the door sees to it while it arrives (`inspector.door`).
These bound memory and time against hostile bodies: two bytes of protobuf are a span of 200 bytes
once parsed.
"""

from __future__ import annotations

MAX_INFLATED_BYTES = 32 * 1024 * 1024
"""Of a body once inflated; a recorded body of the largest client has 1.2 MB."""

MAX_JSON_BYTES = 16 * 1024 * 1024
"""Of a JSON body once inflated: three bytes of it can be a hundred in memory."""

MAX_MEMBERS = 64
"""Of gzip members or zstd frames in a body: each copies what follows it, so thousands cost quadratic time."""

MAX_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
"""The window of the `zstd` content coding, RFC 9659."""

MAX_MESSAGES = 100_000
"""Resources, scopes and spans (or log records) in one body together."""

MAX_RECORD_BYTES = 8 * 1024 * 1024
"""Of one span or one log record."""

MAX_ATTRIBUTES = 131_072
"""Of one span or one log record; a long conversation in OpenInference has a few thousand, a client gone wrong more."""

MAX_VALUES = 524_288
"""Of one record, all lists, events and links counted: a hundred embeddings hold 300,000 numbers."""

MAX_BREADTH = 1_000_000
"""Attributes, events and links in one body together; 32 MiB of ordinary spans hold 400,000."""

MAX_NESTING = 64
"""Of one attribute's value. Protobuf's own parser refuses a body beyond 45 to 60 levels."""

MAX_LINE_BYTES = 8 * 1024 * 1024
"""Of one native event."""

MAX_LINES = 20_000
"""Of one body of native events."""
