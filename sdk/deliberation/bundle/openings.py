"""The files that say what became of each part: `parts.jsonl` opens it, `withheld.jsonl` says why it is not opened.

Both are sorted by entry and name, so that they are read along with the ledger, in one pass. A line has one form only;
its shape is matched as bytes, and its text must be written as the canonical writer writes it.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple, TypeVar

from deliberation.bundle import base64_text
from deliberation.bundle.bounds import MAX_INLINE_PART_BYTES
from deliberation.bundle.verdict import Refusal

NUMBER = rb"(0|[1-9][0-9]{0,15})"
NAME = rb'"([a-z][a-z0-9_]{0,63})"'
SALT = rb'"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"'
TEXT = re.compile(
    rb'\{"name":' + NAME + rb',"salt":' + SALT + rb',"seq":' + NUMBER + rb',"text":(".*")\}',
    re.DOTALL,
)
BYTES = re.compile(
    rb'\{"base64":"([A-Za-z0-9+/=]*)","name":'
    + NAME
    + rb',"salt":'
    + SALT
    + rb',"seq":'
    + NUMBER
    + rb"\}"
)
BLOB = re.compile(
    rb'\{"blob":"([0-9a-f]{64})","name":'
    + NAME
    + rb',"salt":'
    + SALT
    + rb',"seq":'
    + NUMBER
    + rb"\}"
)
WITHHELD = re.compile(
    rb'\{"name":' + NAME + rb',"reason":(".*"),"seq":' + NUMBER + rb"\}", re.DOTALL
)
REDACTED = re.compile(rb'\{"by":' + NUMBER + rb',"name":' + NAME + rb',"seq":' + NUMBER + rb"\}")
MAX_REASON_CHARS = 256

_read_text = json.decoder.scanstring  # type: ignore[attr-defined]  # there since Python 2.6, and in no stub
ESCAPE = re.compile(r'\\(?:["\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f]))')  # those of the canonical writer


class Opened(NamedTuple):
    """A part that is shown: its salt and the hash of its bytes. `data` is None where a blob holds them."""

    seq: int
    name: str
    salt: bytes
    inner: bytes
    data: bytes | None


class Closed(NamedTuple):
    """A part that is not shown: withheld for a reason, or gone by the entry `by`."""

    seq: int
    name: str
    reason: str
    by: int | None


Line = TypeVar("Line", Opened, Closed)


def read_opened(lines: Iterable[bytes]) -> Iterator[Opened]:
    """Yield the openings of a file. Raises `Refusal`."""
    wrong = ("is no opening in its one form", "is out of order, or opens a part again")
    return _read_in_order("parts.jsonl", lines, _opened, wrong)


def read_closed(lines: Iterable[bytes]) -> Iterator[Closed]:
    """Yield what is withheld or gone. Raises `Refusal`."""
    wrong = ("is not in its one form", "is out of order, or names a part again")
    return _read_in_order("withheld.jsonl", lines, _closed, wrong)


def _read_in_order(
    file: str,
    lines: Iterable[bytes],
    read: Callable[[bytes], Line | None],
    wrong: tuple[str, str],
) -> Iterator[Line]:
    before = (-1, "")
    for number, line in enumerate(lines, start=1):
        found = read(line)
        if found is None:
            raise Refusal(f"{file}: line {number} {wrong[0]}")
        if (found.seq, found.name) <= before:
            raise Refusal(f"{file}: line {number} {wrong[1]}")
        before = (found.seq, found.name)
        yield found


def _opened(line: bytes) -> Opened | None:
    found = TEXT.fullmatch(line)
    if found:
        data = _text(found[4])
        return _holding(data, found[1], found[2], found[3]) if data is not None else None
    found = BYTES.fullmatch(line)
    if found:
        data = base64_text.decode(found[1].decode())
        # What is UTF-8 is written as text, so that one part has one line.
        return _holding(data, found[2], found[3], found[4]) if data and not _is_text(data) else None
    found = BLOB.fullmatch(line)
    if not found:
        return None
    salt = a2b_base64(found[3])
    return Opened(int(found[4]), found[2].decode(), salt, bytes.fromhex(found[1].decode()), None)


def _holding(data: bytes | None, name: bytes, salt: bytes, seq: bytes) -> Opened | None:
    if data is None or len(data) > MAX_INLINE_PART_BYTES:
        return None
    # The pattern of a salt lets only its one encoding through.
    return Opened(int(seq), name.decode(), a2b_base64(salt), sha256(data).digest(), data)


def _closed(line: bytes) -> Closed | None:
    found = REDACTED.fullmatch(line)
    if found:
        return Closed(int(found[3]), found[2].decode(), "", int(found[1]))
    found = WITHHELD.fullmatch(line)
    reason = _text(found[2]) if found else None
    if found is None or reason is None or not 0 < len(reason.decode()) <= MAX_REASON_CHARS:
        return None
    return Closed(int(found[3]), found[1].decode(), reason.decode(), None)


def _text(quoted: bytes) -> bytes | None:
    """Return the UTF-8 of a JSON string that is written canonically, or None."""
    try:
        written = quoted.decode()
        text: str
        text, end = _read_text(written, 1)
        if end != len(written) or ("\\" in written and "\\" in ESCAPE.sub("", written)):
            return None
        return text.encode()
    except ValueError:
        return None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
