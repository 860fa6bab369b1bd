"""A JSON file that may end in the middle: whoever wrote it was killed, or the disk was full.

What stands before the cut is read: the text is cut back to the last value that is complete, and every bracket that is
open there is closed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingest.importers.base import NotImportable
from ingest.importers.json_file import parse_json

MARK = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},"]', re.DOTALL)
"""A whole string, or a mark of structure; a quotation mark alone begins a string that never ends."""
CLOSING = {"[": "]", "{": "}"}
BLANKS = re.compile(r"[ \t\r\n]*")
DECODER = json.JSONDecoder(parse_float=Decimal)
CUT = "the file ends in the middle: what stands before the cut was read"


def parse_whole_or_cut(path: Path, data: bytes) -> tuple[Any, bool]:
    """Return the value, and True when the file was cut short. Raises `NotImportable` when it is not JSON."""
    try:
        return parse_json(path, data), False
    except NotImportable:
        text = _closed(data.decode("utf-8", "replace"))
        if text is None:
            raise
        try:
            return json.loads(text, parse_float=Decimal), True
        except (ValueError, RecursionError, ArithmeticError):
            pass
        raise


def _closed(text: str) -> str | None:
    """Return the text up to its last complete value with its brackets closed; None where none is open."""
    open_brackets: list[str] = []
    end = 0
    for found in MARK.finditer(text):
        mark = found[0]
        if mark == '"':
            break
        if mark in CLOSING:
            open_brackets.append(CLOSING[mark])
        elif open_brackets and mark == open_brackets[-1]:
            open_brackets.pop()
        elif mark != ",":
            continue
        end = found.start() if mark == "," else found.end()
    return text[:end] + "".join(reversed(open_brackets)) if open_brackets else None


def items_or_cut(path: Path, data: bytes) -> Iterator[tuple[Any, bool]]:
    """Yield the items of a JSON list one by one, and with each whether the file ends within it.

    Nothing is yielded of an item that holds nothing before the cut. Raises `NotImportable` where the text is no list
    and where it breaks otherwise than by ending; what was yielded before stands.
    """
    text = data.decode("utf-8", "replace")
    place = _after_blanks(text, 0)
    if text[place : place + 1] != "[":
        raise NotImportable(path, "is not a JSON list")
    place = _after_blanks(text, place + 1)
    while place < len(text) and text[place] != "]":
        try:
            value, place = DECODER.raw_decode(text, place)
        except (ValueError, RecursionError, ArithmeticError):
            yield parse_whole_or_cut(path, text[place:].encode("utf-8", "surrogatepass"))
            return
        yield value, False
        place = _after_blanks(text, place)
        if text[place : place + 1] == ",":
            place = _after_blanks(text, place + 1)


def first_members(head: bytes) -> set[str]:
    """Return the names of the members of the outermost object, or of the first object of the outermost list.

    `head` is a file's beginning: names beyond it are not known.
    """
    text = head.decode("utf-8", "replace")
    names: set[str] = set()
    is_list = text.lstrip()[:1] == "["
    depth = 0
    for found in MARK.finditer(text):
        mark = found[0]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
            if depth <= is_list:
                break
        elif depth == 1 + is_list and text[found.end() : found.end() + 8].lstrip()[:1] == ":":
            names.add(mark[1:-1])
    return names


def _after_blanks(text: str, place: int) -> int:
    found = BLANKS.match(text, place)
    return found.end() if found else place
