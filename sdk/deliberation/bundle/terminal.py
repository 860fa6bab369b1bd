"""Words from a bundle, made safe for a terminal: none of them can move its cursor or hide what stands there."""

from __future__ import annotations

import os
from typing import TextIO

MAX_CHARS = 100_000


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
    safe = plain(line, MAX_CHARS).encode(encoding, "backslashreplace").decode(encoding)
    write(stream, safe + "\n")


def write(stream: TextIO, text: str) -> None:
    """Write text that is safe already. Whoever stops listening changes no verdict."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # What is still buffered would raise again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
