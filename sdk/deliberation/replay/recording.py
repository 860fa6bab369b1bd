"""The calls of a recorded run, as the server gives them away: a header and one line a call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from deliberation.events.fields import Invalid
from deliberation.replay.recorded import Recorded, read_recorded

VERSION = 1


class BadRecording(ValueError):
    """What was read is no whole recording; the message says why."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The calls by key, in the order in which they began. Of two with one key the first stands.

    `nodes` is how many nodes the run had before the fork point, None where there is none. `complete` is the server's
    word that no call is missing; `why` what it says where some are.
    """

    of_run: str
    calls: dict[str, Recorded]
    nodes: int | None = None
    complete: bool = True
    why: str | None = None


def read_recording(lines: Iterable[bytes]) -> Recording:
    """Return the recording in these lines of NDJSON. Raises `BadRecording`, also for one that breaks off."""
    numbered = enumerate((line for line in lines if line.strip()), start=1)
    header = next((_read(line, number) for number, line in numbered), {})
    if header.get("recording") != VERSION:
        raise BadRecording(f"not a recording of version {VERSION}")
    calls: dict[str, Recorded] = {}
    count = 0
    for number, line in numbered:
        try:
            recorded = read_recorded(_read(line, number))
        except Invalid as error:
            raise BadRecording(f"line {number}: {error}") from None
        calls.setdefault(recorded.key, recorded)
        count += 1
    if count != header.get("calls"):
        raise BadRecording(f"it breaks off: {count} of {header.get('calls')} calls")
    why, nodes = header.get("why"), header.get("nodes")
    return Recording(
        of_run=str(header.get("of_run")),
        calls=calls,
        nodes=nodes if isinstance(nodes, int) else None,
        complete=header.get("complete") is True,
        why=None if why is None else str(why),
    )


def _read(line: bytes, number: int) -> dict[str, Any]:
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRecording(f"line {number} is not JSON") from None
    if not isinstance(plain, dict):
        raise BadRecording(f"line {number} is no object")
    return plain
