"""Native events: NDJSON, one per line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deliberation.events import Event
from deliberation.events.fields import Invalid
from deliberation.events.server_made import read_sent
from ingest.wire.errors import TooLarge
from ingest.wire.limits import MAX_LINE_BYTES, MAX_LINES


@dataclass(slots=True)
class Checked:
    """The events of a body, and the lines that are not events: `{"line": number from 1, "error": sentence}`."""

    accepted: list[Event]
    rejected: list[dict[str, int | str]]


def split_lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, bytes) of each line that is not blank. Raises `TooLarge` beyond `MAX_LINES`."""
    if body.count(b"\n") > MAX_LINES:
        raise TooLarge(f"the body has more than {MAX_LINES} lines; send them in several")
    for number, line in enumerate(body.split(b"\n"), 1):
        bare = line.strip()
        if bare:
            yield number, bare


def check_events(body: bytes) -> Checked:
    """Return the events of a body and what is wrong with each other line. Raises `TooLarge`."""
    checked = Checked([], [])
    for number, line in split_lines(body):
        try:
            checked.accepted.append(read_line(line))
        except Invalid as error:
            checked.rejected.append({"line": number, "error": str(error)})
    return checked


def read_line(line: bytes) -> Event:
    """Return the event on one line of a sender. Raises `Invalid`."""
    if len(line) > MAX_LINE_BYTES:
        raise Invalid(f"the line has more than {MAX_LINE_BYTES} bytes")
    try:
        return read_sent(line)
    except RecursionError:
        raise Invalid("a value is nested too deeply") from None
