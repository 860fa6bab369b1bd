"""JSON text as lines that fold, read token by token.

Nothing is parsed into values: numbers stay as they were written, a name that comes twice comes twice, a text that was
cut is shown as far as it goes, and no depth is too deep. What is not shown can be asked for by its place in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)
OPENING, CLOSING = frozenset("{["), frozenset("}]")
DEPTH_SHOWN = 3
MEMBERS_SHOWN = 100
INNER_SHOWN = 25
"""Members of what is asked for, and of each object or list in it."""

LINES_SHOWN = 400
STRING_CHARS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One member: a value, or an object or list with what of it is shown. `start` and `end` are places in the text.

    `opens` is "{" or "[" for what holds members, else ""; `inside` None where they have to be asked for. `text` is a
    value as it is read, and `is_cut` says that it goes on.
    """

    name: str | None
    text: str
    opens: str
    start: int
    end: int
    is_string: bool = False
    is_cut: bool = False
    inside: Members | None = None
    count: int = 0

    @property
    def closes(self) -> str:
        """The bracket that ends what this opens."""
        return "}" if self.opens == "{" else "]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Some members of an object or list. `left` more begin at the place `next`, which ends at `end`."""

    lines: list[Line]
    left: int
    next: int | None
    end: int


@dataclass(slots=True)
class _Open:
    """An object or list that is being read; `lines` is None where nobody will see its members."""

    opens: str
    start: int
    at: int
    name: str | None
    lines: list[Line] | None
    count: int = 0
    next: int | None = None

    def members(self, end: int) -> Members | None:
        if self.lines is None:
            return None
        return Members(lines=self.lines, left=self.count - len(self.lines), next=self.next, end=end)


@dataclass(slots=True)
class _Reader:
    """Reads members from a place on, until what holds them ends."""

    text: str
    open: list[_Open]
    shown: int = 0
    name: str | None = None
    named_at: int | None = None
    held: tuple[int, int] | None = None
    """A value that may yet turn out to be a name."""

    def read(self, tokens: Iterator[re.Match[str]], end: int) -> Members:
        for token in tokens:
            sign = self.text[token.start()]
            if sign in OPENING:
                self._begin(sign, token.start())
            elif sign in CLOSING:
                self._keep_held()
                if len(self.open) == 1:
                    return self._root(token.start())
                self._finish(token.end())
            elif sign == ":":
                self._name_held()
            elif sign == ",":
                self._keep_held()
            else:
                self._keep_held()
                self.held = token.span()
        # A text that was cut ends in the middle: what is open ends there too.
        self._keep_held()
        while len(self.open) > 1:
            self._finish(end)
        return self._root(end)

    def _root(self, end: int) -> Members:
        root = self.open[0]
        return Members(
            lines=root.lines or [], left=root.count - len(root.lines or ()), next=root.next, end=end
        )

    def _begin(self, sign: str, start: int) -> None:
        self._keep_held()
        is_shown = len(self.open) < DEPTH_SHOWN and self._has_room(self.open[-1])
        name, at = self._take_name(start)
        self.open.append(_Open(sign, start, at, name, [] if is_shown else None))

    def _finish(self, end: int) -> None:
        done = self.open.pop()
        line = Line(
            name=done.name,
            text="",
            opens=done.opens,
            start=done.start,
            end=end,
            inside=done.members(end),
            count=done.count,
        )
        self._add(line, done.at)

    def _name_held(self) -> None:
        if self.held is not None:
            self.name, self.named_at = _read_string(self.text[slice(*self.held)]), self.held[0]
            self.held = None

    def _take_name(self, start: int) -> tuple[str | None, int]:
        """Return the name of the member whose value begins at `start`, and where the member begins."""
        taken = self.name, start if self.named_at is None else self.named_at
        self.name = self.named_at = None
        return taken

    def _keep_held(self) -> None:
        if self.held is None:
            return
        (start, end), self.held = self.held, None
        name, at = self._take_name(start)
        if not self._has_room(self.open[-1]):
            self._count(at)
            return
        raw = self.text[start:end]
        value = _read_string(raw)
        self._add(
            Line(
                name=name,
                text=value[:STRING_CHARS],
                opens="",
                start=start,
                end=end,
                is_string=raw[:1] == '"',
                is_cut=len(value) > STRING_CHARS,
            ),
            at,
        )

    def _has_room(self, holder: _Open) -> bool:
        if holder.lines is None or holder.next is not None:
            return False
        if holder is self.open[0]:
            return len(holder.lines) < MEMBERS_SHOWN
        return len(holder.lines) < INNER_SHOWN and self.shown < LINES_SHOWN

    def _add(self, line: Line, at: int) -> None:
        holder = self.open[-1]
        if not self._has_room(holder) or holder.lines is None:
            self._count(at)
            return
        holder.lines.append(line)
        holder.count += 1
        self.shown += 1

    def _count(self, at: int) -> None:
        """One more that is not shown."""
        holder = self.open[-1]
        holder.count += 1
        if holder.next is None:
            holder.next = at


def read_members(text: str, start: int, end: int) -> Members:
    """Return the members of an object or list from `start`, after its bracket or at a member, to before `end`."""
    reader = _Reader(text, [_Open("", start, start, None, [])])
    return reader.read(TOKEN.finditer(text, start, end), end)


def _read_string(raw: str) -> str:
    """Return a string without its quotes and escapes, anything else as it was written."""
    if raw[:1] != '"':
        return raw
    try:
        return str(json.loads(raw))
    except ValueError:
        return raw
