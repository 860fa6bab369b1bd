"""The same bodies in any order, twice, and by two workers at once, come to the same runs."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db.models import Model

from tests.integration.corpus.replay import replay, texts_of, told
from tests.unit.wire.recordings import CLIENTS, Recorded, recorded, summary
from traces.actions.rebuild import rebuild
from traces.actions.settle_responses import settle_responses
from traces.models import Candidate, Edge, Node, Project, Resource, Verdict

pytestmark = pytest.mark.django_db(transaction=True)
CALLS_SHOWN = 200


def everything() -> list[Recorded]:
    return [body for client in CLIENTS for body in recorded(client)]


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Say what differs, one line each, so that a failure can be read."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(one.keys() | other.keys(), key=str)
        pairs = ((name, one.get(name), other.get(name)) for name in names)
        return [each for name, *both in pairs for each in differences(*both, f"{where} {name}")][
            :20
        ]
    return [] if one == other else [f"{where}: {one!r} / {other!r}"]


def shown(project: Project) -> dict[str, Any]:
    """What a reader of the project's nodes is given."""
    return {
        node: {
            "parts": {part.name: part.text for part in read.parts},
            "messages": read.messages,
            "attributes": read.attribute_values,
            "resources": sorted(read.resources),
            "verdicts": len(read.verdicts),
            "words": (read.finish_reason, read.response_id, read.side_effect),
        }
        for node, read in texts_of(project).items()
    }


def test_neither_order_nor_repetition_of_39_recordings_changes_a_run_and_a_rebuild_no_row() -> None:
    bodies = everything()
    shuffled = bodies + bodies
    random.Random(3).shuffle(shuffled)
    first = replay("in-order", bodies)
    in_order, read_first = told(first), shown(first)
    assert in_order.keys() >= {t["trace_id"] for c in CLIENTS for t in summary(c)["traces"]}
    assert sum("untraced:" not in trace for trace in in_order) == sum(
        summary(client)["trace_count"] for client in CLIENTS
    )
    assert len(read_first) > CALLS_SHOWN
    again = replay("shuffled", shuffled, by_two=True)
    assert differences(in_order, told(again)) == []
    assert differences(read_first, shown(again)) == []
    assert_a_rebuild_changes_no_row(again)


def assert_a_rebuild_changes_no_row(project: Project) -> None:
    before = every_row(project)
    for run in project.runs.order_by("pk"):
        rebuild(run_id=run.pk)
    settle_responses()
    assert before
    assert differences(before, every_row(project)) == []


def every_row(project: Project) -> dict[str, Any]:
    """The rows of the project's runs by table and key, each with all of its columns."""
    runs = list(project.runs.values_list("pk", flat=True))
    tables = (Node, Candidate, Verdict, Edge, Resource)
    rows = {
        table.__name__: {row.pk: plain(row) for row in table.objects.filter(run_id__in=runs)}
        for table in tables
    }
    return rows | {"Run": {row.pk: plain(row) for row in project.runs.all()}}


def plain(row: Model) -> dict[str, Any]:
    columns = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in columns}
