"""The shapes in which Inspect has written a sample, made one: `{"id", "epoch", "input", "target", "events", …}`.

    2024        "transcript": {"events", "content"} for "events" and "attachments"; "score" for "scores"
    since       long texts are `attachment://<hash>`, found in "attachments"
    0.3.186     a model event's "input" is empty, its "input_refs" are ranges of "events_data"."messages"
                (for some versions "message_pool")
    2026        a folder a sample: "sample.json", and "events", "messages", "attachments" in chunks, each named by the
                index of its first item; `attachment://<index>`

Sources: `inspect_ai/log/_log.py` (`migrate_deprecated`), `_condense.py`, `_recorders/chunked/format.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from ingest.importers.inspect_archive import MAX_MEMBER_BYTES, Archive

SAMPLE = re.compile(r"samples/.+_epoch_\d+(?:\.json|/sample\.json)", re.DOTALL)
SHELL = "/sample.json"
ATTACHED = "attachment://"
LATER = ("events", "transcript", "attachments", "events_data", "message_pool", "call_pool")
SEQUENCES = ("messages", "events", "attachments")
MAX_MESSAGES = 100_000
"""Of one call: ranges may name the same messages again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample of one epoch. `about` is everything beside its events; `pool` is what `input_refs` are ranges of."""

    about: Mapping[str, Any]
    events: list[Mapping[str, Any]]
    pool: list[Any]

    @property
    def id(self) -> str:
        """The dataset's id of it; numbers as their text."""
        return str(self.about.get("id"))

    @property
    def epoch(self) -> int:
        """Which of the repetitions it is, from 1."""
        epoch = self.about.get("epoch")
        return epoch if isinstance(epoch, int) else 1


def sample_names(names: list[str]) -> list[str]:
    """Return the members that are a sample, or its shell. A sample's id may hold any character."""
    return [name for name in names if SAMPLE.fullmatch(name)]


def sample_value(archive: Archive, name: str) -> tuple[Any, int]:
    """Return a sample's value, put together where it lies in chunks, and its bytes. Raises `NotImportable`."""
    if not name.endswith(SHELL):
        return archive.value(name), archive.size(name)
    folder = name.removesuffix(SHELL)
    inside = [each for each in archive.names if each.startswith(f"{folder}/")]
    size = sum(archive.size(each) for each in inside)
    if size > MAX_MEMBER_BYTES:
        raise archive.refusal(name, f"and its chunks unpack to more than {MAX_MEMBER_BYTES} bytes")
    shell, metadata = archive.value(name), f"{folder}/metadata.json"
    if not isinstance(shell, Mapping):
        return shell, size
    messages, events, attached = (
        list(_chunks(archive, inside, folder, each)) for each in SEQUENCES
    )
    return {
        **shell,
        **({"metadata": archive.value(metadata)} if metadata in inside else {}),
        "events": events,
        "events_data": {"messages": messages},
        "messages": ranges_of(messages, shell.get("message_refs")),
        "attachments": {str(index): text for index, text in enumerate(attached)},
    }, size


def _chunks(archive: Archive, inside: list[str], folder: str, sequence: str) -> Iterator[Any]:
    """Yield the items of a sequence; a chunk is called by the index of its first."""
    prefix = f"{folder}/{sequence}/"
    starts = (name.removeprefix(prefix)[:-5] for name in inside if name.startswith(prefix))
    for start in sorted((start for start in starts if start.isdecimal()), key=int):
        items = archive.value(f"{prefix}{start}.json")
        yield from items if isinstance(items, list) else []


def sample_of(plain: Mapping[str, Any]) -> Sample:
    """Return a sample with its attachments in their places. Raises `RecursionError`, `OverflowError`."""
    transcript = _mapping(plain.get("transcript"))
    events = plain.get("events", transcript.get("events"))
    attached = _mapping(plain.get("attachments", transcript.get("content")))
    pool = _mapping(plain.get("events_data")).get("messages", plain.get("message_pool"))
    about = {name: value for name, value in plain.items() if name not in LATER}
    return Sample(
        about=_resolved(about, attached),
        events=events_in(_resolved(events, attached)),
        pool=_resolved(pool if isinstance(pool, list) else [], attached),
    )


def events_in(value: Any) -> list[Mapping[str, Any]]:
    """Return the events of a list, each of a kind that is a word."""
    listed = [
        each for each in (value if isinstance(value, list) else []) if isinstance(each, Mapping)
    ]
    return [
        each if isinstance(each.get("event"), str) else {**each, "event": "unknown"}
        for each in listed
    ]


def ranges_of(items: list[Any], ranges: Any) -> list[Any]:
    """Return the items of half-open ranges `[[start, end], …]`; what lies outside is left out."""
    named = (
        item
        for each in (ranges if isinstance(ranges, list) else [])
        if isinstance(each, list) and len(each) == 2 and all(isinstance(n, int) for n in each)
        for item in items[max(0, each[0]) : max(0, each[1])]
    )
    return list(islice(named, MAX_MESSAGES))


def _resolved(value: Any, attached: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        if value.startswith(ATTACHED):
            return attached.get(value.removeprefix(ATTACHED), value)
        return value
    if isinstance(value, dict):
        return {name: _resolved(each, attached) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, attached) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
