"""Text that others wrote, made safe to look at.

`visible` replaces what a reader cannot see, or what would reorder what they see, by marks: control characters,
bidirectional overrides, zero-width and tag characters, lone surrogates. It returns plain text, which the template
then escapes like any other: nothing here is marked as safe.
"""

from __future__ import annotations

import re
from typing import Protocol

from django import template
from django.utils.translation import gettext

from traces.queries.runs import RunRow
from traces.templatetags.fmt import plain, spaced

register = template.Library()

TITLE_CHARS = 120
TRACE_CHARS = 8
REPLACEMENT = "\ufffd"
CONTROLS = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF",
    "VT", "FF", "CR", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK",
    "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
]  # fmt: skip
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Joiners shape emoji and several scripts; beside ASCII they only hide.
STRAY_JOINER = re.compile(
    "(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f])|^[\u200c\u200d]"
)
# One selector shapes the sign before it (a keycap is a digit's); after a letter, or in a row, they carry hidden bytes.
STRAY_SELECTOR = re.compile(
    "(?<=[\x00-\x22\x24-\x29\x2b-\x2f\x3a-\x7f\ufe00-\ufe0f])[\ufe00-\ufe0f]|^[\ufe00-\ufe0f]"
)


class Named(Protocol):
    """Whatever stands for a node."""

    @property
    def name(self) -> str | None:
        """What its source calls it."""

    @property
    def kind(self) -> object:
        """A word of the vocabulary."""


def _mark(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        return REPLACEMENT
    return f"⟨{CONTROLS[code]}⟩" if code < len(CONTROLS) else f"⟨U+{code:04X}⟩"


@register.filter
def visible(text: str | None) -> str:
    """The text with everything invisible made visible. A line end of either kind stays a line end."""
    if not text:
        return ""
    marked = HIDDEN.sub(_mark, text.replace("\r\n", "\n"))
    return STRAY_SELECTOR.sub(_mark, STRAY_JOINER.sub(_mark, marked))


@register.filter
def one_line(text: str | None) -> str:
    """For a row: visible, and on one line."""
    return " ".join(visible(text).split())


@register.filter
def run_title(run: RunRow) -> str:
    """What a run is called: its name, else the beginning of what it was asked, else its trace."""
    said = one_line(run.name) or one_line((run.task or "")[:TITLE_CHARS])
    if said:
        return said
    if run.trace_id:
        return gettext("trace {trace}").format(trace=run.trace_id[:TRACE_CHARS])
    return gettext("unnamed run")


@register.filter
def node_title(node: Named) -> str:
    """What a node is called: its name, else its kind."""
    return one_line(spaced(node.name) if node.name else plain(node.kind))
