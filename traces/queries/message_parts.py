"""One part of a message as it is shown: what it is, its text, and what a reader must know about it."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from django.utils.translation import gettext, gettext_noop

from traces.conversation import Part
from traces.queries.ledger import showable_value

WRITTEN = ("text", "reasoning", "refusal")
CARRIED = ("image", "file")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What a page may show. SVG is not among them: it can carry more than a picture."""

PICTURE_CHARS = 700_000
"""Of base64, half a megabyte of picture; larger ones are named."""

DATA_ADDRESS = re.compile(r"data:([\w./+-]+)(?:;[\w=.-]+)*;base64,")
NAMES = ("filename", "file_name", "name", "file_id", "id")
BROKEN = gettext_noop("not valid JSON, shown as it came")
REPLACED = gettext_noop("characters replaced")


PIECE_CHARS = 16 * 1024
"""Of one part of a message; the rest is asked for."""

SEALED = {
    "encrypted_content": gettext_noop("encrypted by the provider"),
    "data": gettext_noop("redacted by the provider"),
    "redactedContent": gettext_noop("redacted by the provider"),
    "redacted_content": gettext_noop("redacted by the provider"),
}
"""The member in which a provider hands on reasoning that only it can read, as base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenText:
    """A text that only its provider can read. `size_bytes` is of what stands for it, None where nothing does."""

    why: str
    size_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart:
    """One piece of a message. `kind` is the model's word, or the source's for what the model has not.

    `title` names the tool and the call, or the file and its size. `picture` is a data address of a small image,
    `hidden` what stands in place of a text that cannot be read, `index` its place in its message.
    """

    kind: str
    text: str
    index: int = 0
    title: str | None = None
    picture: str | None = None
    flags: list[str] = field(default_factory=list)
    hidden: HiddenText | None = None

    @property
    def beginning(self) -> str:
        """As much of the text as is shown at once."""
        return self.text[:PIECE_CHARS]

    @property
    def rest(self) -> int | None:
        """Where the rest begins, None where all is shown."""
        return PIECE_CHARS if len(self.text) > PIECE_CHARS else None


def show_part(part: Part) -> MessagePart:
    """Return a part of the one model (`traces.conversation`) to show."""
    clean = showable_value(part)
    shown = _show(clean)
    return shown if clean == part else replace(shown, flags=[*shown.flags, gettext(REPLACED)])


def _show(part: Part) -> MessagePart:
    kind = part.get("type")
    if kind == "tool_call":
        return _call(part)
    if kind == "tool_result":
        return _result(part)
    if kind in CARRIED:
        return _carried(str(kind), part)
    if kind in WRITTEN:
        return _written(str(kind), part)
    return MessagePart(kind=kind if isinstance(kind, str) else "text", text=as_text(part))


def as_text(value: Any) -> str:
    """Return text as it is, and anything else as indented JSON."""
    if isinstance(value, str):
        return value
    try:
        return "" if value is None else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except TypeError:  # an integer beyond 64 bits
        return json.dumps(value, ensure_ascii=False, indent=2)


def _written(kind: str, part: Part) -> MessagePart:
    content = part.get("content")
    if content in (None, "") and kind == "reasoning":
        return MessagePart(kind=kind, text="", hidden=_hidden(part))
    if part.keys() <= {"type"}:
        return MessagePart(kind=kind, text="", flags=[gettext("not recorded")])
    return MessagePart(kind=kind, text=as_text(part if content is None else content))


def _hidden(part: Part) -> HiddenText:
    for name, why in SEALED.items():
        sealed = part.get(name)
        if isinstance(sealed, str) and sealed:
            return HiddenText(why=gettext(why), size_bytes=len(sealed) * 3 // 4)
    return HiddenText(why=gettext("hidden by the provider"), size_bytes=None)


def _call(part: Part) -> MessagePart:
    given = part.get("arguments")
    flags: list[str] = []
    if isinstance(given, str) and given.strip():
        try:
            given = orjson.loads(given)
        except ValueError:
            flags.append(gettext(BROKEN))
    return MessagePart(
        kind="tool_call",
        title=_titled(part.get("name"), part.get("id")),
        text=as_text(given),
        flags=flags,
    )


def _result(part: Part) -> MessagePart:
    result = part.get("result")
    failed = part.get("is_error") is True or part.get("status") == "error"
    return MessagePart(
        kind="tool_result",
        title=_titled(part.get("name"), part.get("id")),
        text=_plain(result),
        flags=[gettext("error")] if failed else [],
    )


def _plain(result: Any) -> str:
    """Return a result's words where it is a list of texts, which is how some providers wrap one."""
    if isinstance(result, list) and result:
        found = [each.get("content", each.get("text")) for each in result if isinstance(each, dict)]
        texts = [each for each in found if isinstance(each, str)]
        if len(texts) == len(result):
            return "\n".join(texts)
    return as_text(result)


def _titled(*said: Any) -> str | None:
    return " · ".join(str(each) for each in said if each not in (None, "")) or None


def _carried(kind: str, part: Part) -> MessagePart:
    """Return an image or a file by its name and size; the bytes themselves are no text to read."""
    url, mime = part.get("url"), part.get("mime_type")
    held = part.get("content")
    if isinstance(url, str) and (inline := DATA_ADDRESS.match(url)):
        mime, held, url = mime or inline[1], url[inline.end() :], None
    if not isinstance(held, str):
        shown = url if isinstance(url, str) else as_text(part if url is None else url)
        return MessagePart(kind=kind, title=_titled(_name_of(part), mime), text=shown)
    size = gettext("{count} bytes").format(count=f"{len(held) * 3 // 4:,}")
    return MessagePart(
        kind=kind,
        title=_titled(_name_of(part), mime or part.get("format"), size),
        text="",
        picture=_picture(held, mime),
    )


def _name_of(part: Part) -> str | None:
    return next((part[name] for name in NAMES if isinstance(part.get(name), str)), None)


def _picture(held: str, mime: Any) -> str | None:
    if mime not in PICTURES or len(held) > PICTURE_CHARS:
        return None
    try:
        b64decode(held, validate=True)
    except (binascii.Error, ValueError):
        return None
    return f"data:{mime};base64,{held}"
