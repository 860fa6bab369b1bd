"""A call whose messages come one by one reads like any other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.events import MessageObserved
from deliberation.vocabulary import MessageDirection, NodeKind
from tests.integration.build import (
    NOW_NS,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from traces.models import Run
from traces.queries.access import Viewer
from traces.queries.node import NodeDetail, get_node

pytestmark = pytest.mark.django_db


def message(
    run: str, side: MessageDirection, role: str, text: str, **facts: Any
) -> MessageObserved:
    body = json.dumps({"role": role, "parts": [{"type": "text", "content": text}]})
    event: MessageObserved = make_event(
        MessageObserved, run, node="call", direction=side, message=body, **facts
    )
    return event


def read(run: str) -> NodeDetail:
    project = make_project().pk
    return get_node(who=Viewer(project_ids=frozenset({project})), run_id=run, node_id="call")


def said(run: str) -> list[tuple[str, str, str]]:
    return [(each.direction, each.role, each.parts[0].text) for each in read(run).messages]


def test_it_works() -> None:
    run, given = new_run(), MessageDirection.INPUT
    put_on_record(
        make_project(),
        message(run, MessageDirection.OUTPUT, "assistant", "second", position=1),
        message(run, given, "user", "6 * 7?", at=NOW_NS + 1),
        message(run, given, "system", "Think.", at=NOW_NS),
        message(run, MessageDirection.OUTPUT, "assistant", "first", position=0),
        observed(run, "call", node_kind=NodeKind.MODEL_CALL),
    )
    assert said(run) == [
        ("input", "system", "Think."),
        ("input", "user", "6 * 7?"),
        ("output", "assistant", "first"),
        ("output", "assistant", "second"),
    ]
    assert Run.objects.get().nodes == 1


def test_what_the_call_itself_says_is_preferred() -> None:
    run = new_run()
    own = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "own"}]}])
    put_on_record(
        make_project(),
        observed(run, "call", input=own),
        message(run, MessageDirection.INPUT, "user", "beside"),
    )
    assert said(run) == [("input", "user", "own")]


def test_the_answer_is_what_a_row_shows() -> None:
    run = new_run()
    put_on_record(make_project(), message(run, MessageDirection.OUTPUT, "assistant", "42"))
    assert read(run).preview == "42"
