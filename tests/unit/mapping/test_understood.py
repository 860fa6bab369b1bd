"""What is said to be understood by no rule changes nothing where it is taken away: so it is said of no other."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from deliberation.events import Event
from deliberation.events.attributes import READ
from deliberation.events.codec import encode
from ingest.mapping import map_log, map_span
from ingest.wire.otlp import decode_logs, decode_traces
from ingest.wire.span import LogRecord, Span
from tests.unit.mapping.making import RUN
from tests.unit.wire.recordings import CLIENTS, recorded

Record = Span | LogRecord


def events_of(record: Record) -> list[Event]:
    return map_span(record, RUN) if isinstance(record, Span) else map_log(record, RUN)


def facts_of(record: Record) -> list[dict[str, Any]]:
    """What a record becomes, but for the attributes that stay."""
    told = [encode(event) for event in events_of(record)]
    return [{name: each[name] for name in each if name != "attributes"} for each in told]


def not_understood(record: Record) -> list[str]:
    [kept] = [each for event in events_of(record) if (each := getattr(event, "attributes", None))][
        :1
    ]
    stayed = json.loads(kept)
    read = {name for names in stayed.get(READ, {}).values() for name in names}
    return [name for name in stayed if name in record.attributes and name not in read]


def without(record: Record, name: str) -> Record:
    other = copy.copy(record)
    other.attributes = {key: value for key, value in record.attributes.items() if key != name}
    return other


def records_of(client: str) -> list[Record]:
    found: list[Record] = []
    for body in recorded(client):
        if body.signal == "traces":
            found += decode_traces(body.body, body.media).records
        elif body.signal == "logs":
            found += decode_logs(body.body, body.media).records
    return found


@pytest.mark.parametrize("client", CLIENTS)
def test_an_attribute_that_no_rule_understood_makes_no_difference(client: str) -> None:
    shapes = {(each.name, *each.attributes): each for each in records_of(client)}
    assert shapes
    for record in shapes.values():
        facts = facts_of(record)
        for name in not_understood(record):
            assert facts_of(without(record, name)) == facts, (record.name, name)
