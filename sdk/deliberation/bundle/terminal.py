"""Words from a bundle, made safe for a terminal: none of them can move its cursor or hide what stands there."""

from __future__ import annotations

from typing import TextIO


def plain(text: str, limit: int = 2_000) -> str:
    """Return text with whatever is not printable (controls, escapes, bidi marks, surrogates) written as `\\uXXXX`."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    return cut if cut.isprintable() else "".join(c if c.isprintable() else escape(c) for c in cut)


def escape(character: str) -> str:
    """Return one character as a visible escape."""
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def say(stream: TextIO, line: str) -> None:
    """Write one line; characters that the stream cannot carry become escapes."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(plain(line, 100_000).encode(encoding, "backslashreplace").decode(encoding) + "\n")
