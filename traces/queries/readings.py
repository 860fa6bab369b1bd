"""How records became nodes: what came in, which rule read it, and what no rule understood."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

import orjson

from deliberation.events import Event
from deliberation.events.attributes import CONVENTION, LOG_NAME, OF_THE_RECORD, READ
from deliberation.vocabulary import NodeKind
from traces.models import Node, Run
from traces.queries.access import NotVisible, Who, is_storable, see_run
from traces.queries.ledger import StoredEntry, read_entries, read_entries_after
from traces.queries.node_attributes import attribute_text, read_attributes
from traces.queries.set_aside import SetAsideLine, list_set_aside

ENTRIES_AT_MOST = 200
CHUNK = 2_000
VALUE_CHARS = 200
TIMES = ("at", "started_at", "ended_at")
STEP = NodeKind.STEP.value
SPAN_KIND = "otel.span.kind"
NOT_FACTS = ("run", "key", "node", "attributes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """The attributes that one convention turned into facts, or judged by."""

    convention: str
    attributes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One ledger entry of a node, as it was read. `source` says what it was: a span, a log record, an event.

    `facts` are the event's fields; `judged` the attributes that a convention read and that stayed all the same, `left`
    those that no rule understood; `record` what OpenTelemetry keeps beside attributes. Values are texts of at most 200
    characters. A native event has no conventions: it is a fact.
    """

    seq: int
    event: str
    source: str
    conventions: list[str]
    used: list[Used]
    facts: list[tuple[str, str]]
    judged: list[tuple[str, str]]
    left: list[tuple[str, str]]
    record: list[tuple[str, str]]


@dataclass(slots=True, kw_only=True)
class Became:
    """Nodes of one kind and name, how many, and the id of the first of them."""

    kind: str
    name: str
    nodes: int
    node_id: str


@dataclass(slots=True, kw_only=True)
class TraceReading:
    """A whole run as it was read. Counters are of ledger entries; `left` counts attributes by name."""

    run: Run
    set_aside: list[SetAsideLine]
    became: list[Became]
    events: Counter[str] = field(default_factory=Counter)
    conventions: Counter[str] = field(default_factory=Counter)
    scopes: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


def read_node_readings(*, who: Who, run_id: str | uuid.UUID, node_id: str) -> list[Reading]:
    """Return how the latest 200 entries that speak of a node were read, in ledger order. Raises NotVisible."""
    run = see_run(who, run_id)
    node = Node.objects.filter(run_id=run.pk, node_id=node_id) if is_storable(node_id) else None
    found = node.first() if node is not None else None
    if found is None:
        raise NotVisible
    return [_reading(entry) for entry in read_entries(run.pk, found.entries[-ENTRIES_AT_MOST:])]


def read_trace(*, who: Who, run_id: str | uuid.UUID) -> TraceReading:
    """Return how all of a run was read; goes through its ledger once. Raises NotVisible."""
    run = see_run(who, run_id)
    told = TraceReading(
        run=run, set_aside=list_set_aside(who=who, run_id=run_id), became=_became(run.pk)
    )
    for entry in _entries(run.pk):
        _count(told, _reading(entry))
    return told


def _became(run_id: uuid.UUID) -> list[Became]:
    found: dict[tuple[str, str], list[str]] = {}
    rows = Node.objects.filter(run_id=run_id).order_by("ordinal")
    for kind, name, node_id in rows.values_list("kind", "name", "node_id"):
        found.setdefault((kind, name or ""), []).append(node_id)
    # Steps are many, and what a client is misread in is mostly another kind.
    groups = sorted(found.items(), key=lambda each: (each[0][0] == STEP, -len(each[1]), each[0]))
    return [
        Became(kind=kind, name=name, nodes=len(ids), node_id=ids[0]) for (kind, name), ids in groups
    ]


def _entries(run_id: uuid.UUID) -> Iterator[StoredEntry]:
    after = -1
    while portion := read_entries_after(run_id, after, CHUNK):
        yield from portion
        after = portion[-1].seq


def _count(told: TraceReading, reading: Reading) -> None:
    told.events[reading.event] += 1
    if reading.conventions:
        told.conventions["+".join(reading.conventions)] += 1
    record = dict(reading.record)
    scope = record.get("otel.scope.name")
    if scope:
        told.scopes[f"{scope} {record.get('otel.scope.version', '')}".strip()] += 1
    told.left.update(name for name, _ in reading.left)


def _reading(entry: StoredEntry) -> Reading:
    event = entry.event
    attributes = read_attributes(entry.parts.get("attributes"))
    conventions = attributes.pop(CONVENTION, "")
    used = list(_used(attributes.pop(READ, {})))
    record = {name for name in attributes if name.startswith(OF_THE_RECORD)}
    judged = {name for each in used for name in each.attributes} - record
    return Reading(
        seq=entry.seq,
        event=event.KIND,
        source=_source(attributes),
        conventions=conventions.split("+") if isinstance(conventions, str) and conventions else [],
        used=used,
        facts=list(_facts(event)),
        judged=_shown((n, v) for n, v in attributes.items() if n in judged),
        left=_shown((n, v) for n, v in attributes.items() if n not in judged | record),
        record=_shown((n, v) for n, v in attributes.items() if n in record),
    )


def _source(attributes: dict[str, Any]) -> str:
    """Return what an entry was before it was read, in words."""
    if LOG_NAME in attributes:
        return f"log record {attributes[LOG_NAME]}".strip()
    return "span" if SPAN_KIND in attributes else "event"


def _used(read: Any) -> Iterator[Used]:
    for convention, names in read.items() if isinstance(read, dict) else ():
        if isinstance(names, list):
            yield Used(convention=convention, attributes=[str(name) for name in names])


def _facts(event: Event) -> Iterator[tuple[str, str]]:
    for each in fields(event):
        value = getattr(event, each.name)
        if value is not None and each.name not in NOT_FACTS:
            yield each.name, _time(value) if each.name in TIMES else _text(value)


def _shown(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return sorted((name, _text(value)) for name, value in pairs)


def _text(value: Any) -> str:
    text = str(value.value) if isinstance(value, Enum) else _written(value)
    return text if len(text) <= VALUE_CHARS else f"{text[:VALUE_CHARS]}…"


def _time(ns: int) -> str:
    second = dt.datetime.fromtimestamp(ns // 10**9, dt.UTC)
    return f"{second:%Y-%m-%dT%H:%M:%S}.{ns % 10**9:09d}Z"


def _written(value: Any) -> str:
    if isinstance(value, (str, int, list, dict)):
        return attribute_text(value)
    return orjson.dumps(value, default=str).decode()
