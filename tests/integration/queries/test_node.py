"""One node with its texts, as they lie in the ledger."""

from __future__ import annotations

import json

import pytest

from deliberation.events import EdgeDrawn, NodeScored, VerdictGiven
from deliberation.vocabulary import EdgeKind, NodeKind, SideEffect, VerdictOutcome
from tests.integration.build import (
    ended,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
    started,
)
from tests.people import People
from traces.models import LedgerEntry
from traces.queries.access import NotVisible, Viewer
from traces.queries.node import TEXT_LIMIT, NodeDetail, get_node, get_part
from traces.queries.tool_calls import list_tool_calls


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def node_with(viewer: Viewer, **facts: object) -> NodeDetail:
    run = new_run()
    put_on_record(make_project(), observed(run, "a", **facts))
    return get_node(who=viewer, run_id=run, node_id="a")


def test_it_works(people: People) -> None:
    run = new_run()
    put_on_record(
        people.project,
        started(run, "a", input="question", attributes='{"x": 1, "both": "first"}'),
        ended(run, "a", output="draft", attributes='{"y": [2], "both": "second"}'),
        observed(run, "a", output="final"),
        make_event(NodeScored, run, node="a", value=1.0, raw="sure"),
        make_event(VerdictGiven, run, node="a", verifier="v", outcome=VerdictOutcome.REJECT,
                   rationale="because"),
        make_event(EdgeDrawn, run, edge=EdgeKind.REVISES, source="a", target="b"),
    )  # fmt: skip
    node = get_node(who=people.alice, run_id=run, node_id="a")
    texts = {part.name: part.text for part in node.parts}
    assert texts == {
        "input": "question",
        "output": "final",
        "score": "sure",
        "rationale:5": "because",
    }
    assert node.attribute_values == {"x": 1, "y": [2], "both": "second"}
    assert node.attributes == {"x": "1", "y": "[2]", "both": "second"}
    assert node.entries == [1, 2, 3, 4, 5]
    assert [(edge.kind, edge.target, edge.is_outgoing) for edge in node.edges] == [
        ("revises", "b", True)
    ]


def test_a_large_text_is_cut_where_it_is_shown_and_whole_where_it_is_asked_for(
    viewer: Viewer,
) -> None:
    run, text = new_run(), "ü" * TEXT_LIMIT
    put_on_record(make_project(), observed(run, "a", output=text))
    part = get_node(who=viewer, run_id=run, node_id="a").part("output")
    assert part is not None
    assert (part.truncated, part.size_bytes, len(part.text)) == (
        True,
        2 * TEXT_LIMIT,
        TEXT_LIMIT // 2,
    )
    assert get_part(who=viewer, run_id=run, node_id="a", part="output") == text.encode()
    assert get_part(who=viewer, run_id=run, node_id="a", part="nothing") is None


@pytest.mark.parametrize(("text", "shown"), [("a\x00b", "a\ufffdb"), ("a\ud800b", "a\ufffdb")])
def test_what_cannot_be_shown_is_replaced_and_said(viewer: Viewer, text: str, shown: str) -> None:
    part = node_with(viewer, output=text).part("output")
    assert part is not None
    assert (part.text, part.replaced, part.flags) == (shown, True, ["characters replaced"])


def test_a_conversation_is_read_as_messages(viewer: Viewer) -> None:
    messages = [
        {"role": "system", "content": "be good"},
        {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
        {"role": "assistant", "content": None,
         "tool_calls": [{"function": {"name": "look", "arguments": '{"at": 1}'}}]},
        {"role": "tool", "parts": [{"type": "tool_result", "id": "1", "result": {"n": 2}}]},
    ]  # fmt: skip
    node = node_with(viewer, input=json.dumps(messages))
    assert [(m.direction, m.role, [(p.kind, p.text) for p in m.parts]) for m in node.messages] == [
        ("input", "system", [("text", "be good")]),
        ("input", "user", [("text", "hi")]),
        ("input", "assistant", [("tool_call", '{\n  "at": 1\n}')]),
        ("input", "tool", [("tool_result", '{\n  "n": 2\n}')]),
    ]
    assert [part.media for part in node.parts] == ["messages"]


def test_of_a_very_long_conversation_the_last_messages_are_shown(viewer: Viewer) -> None:
    messages = [{"role": "user", "content": f"{n} " + "x" * 1_000} for n in range(100)]
    node = node_with(viewer, input=json.dumps(messages))
    assert [message.number for message in node.messages] == list(range(35, 100))
    assert node.messages[-1].parts[0].text.startswith("99 ")
    assert [(part.media, part.truncated) for part in node.parts] == [("messages", True)]


def test_json_nested_too_deep_for_a_reader_is_json_all_the_same(viewer: Viewer) -> None:
    part = node_with(viewer, output='{"k":' * 1400 + "1" + "}" * 1400).part("output")
    assert part is not None
    assert (part.media, part.broken) == ("json", False)


def test_a_cut_text_ends_between_two_characters(viewer: Viewer) -> None:
    part = node_with(viewer, output="x" + "\ud800€" * TEXT_LIMIT).part("output")
    assert part is not None
    assert part.truncated
    assert set(part.text[1:]) == {"\ufffd", "€"}


@pytest.mark.parametrize(
    "text", ["[", "[]", "{}", '[{"role": 1}]', '[{"role": "user"}]', "[1, 2]", '{"a": [[[]]]}']
)
def test_other_json_is_no_conversation(viewer: Viewer, text: str) -> None:
    assert node_with(viewer, input=text).messages == []


def test_a_tool_call_says_what_it_did_to_the_world(viewer: Viewer) -> None:
    run = new_run()
    facts = {"node_kind": NodeKind.TOOL_CALL, "tool": "fetch", "side_effect": SideEffect.READ}
    put_on_record(
        make_project(),
        observed(run, "a", input='{"n": 1}', output="done",
                 attributes='{"url.full": "https://example.org"}', **facts),
        observed(run, "b", **facts),
    )  # fmt: skip
    call = get_node(who=viewer, run_id=run, node_id="a").tool_call
    assert call is not None
    assert (call.name, call.side_effect, call.arguments, call.result, call.resources) == (
        "fetch", "read", '{"n": 1}', "done", ["https://example.org"],
    )  # fmt: skip
    page = list_tool_calls(who=viewer, run_id=run, limit=1)
    assert [row.node.node_id for row in page.items] == ["b"]
    rest = list_tool_calls(who=viewer, run_id=run, after=page.next)
    assert [(row.node.node_id, row.call) for row in rest.items] == [("a", call)]


def test_a_redacted_text_is_simply_missing(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(make_project(), observed(run, "a", output="secret", model="m"))
    entry = LedgerEntry.objects.get(run_id=run, seq=1)
    redacted = bytes(entry.openings)[: 1 + len("output")] + bytes(32) + b"\x02"
    LedgerEntry.objects.filter(run_id=run, seq=1).update(openings=redacted)
    node = get_node(who=viewer, run_id=run, node_id="a")
    assert (node.parts, node.model) == ([], "m")


@pytest.mark.parametrize("node_id", ["nobody", "", "a\x00", "\ud800"])
def test_a_node_that_is_not_there_is_not_visible(viewer: Viewer, node_id: str) -> None:
    run = new_run()
    put_on_record(make_project(), observed(run, "a"))
    with pytest.raises(NotVisible):
        get_node(who=viewer, run_id=run, node_id=node_id)


def test_another_projects_node_is_not_visible(people: People) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a"))
    with pytest.raises(NotVisible):
        get_node(who=people.charlie, run_id=run, node_id="a")


@pytest.mark.parametrize("text", ['[{"role":"user","par', '{"a": 1,', '["a", "b'])
def test_json_that_was_cut_is_text_and_said_to_be(viewer: Viewer, text: str) -> None:
    part = node_with(viewer, input=text).part("input")
    assert part is not None
    assert (part.media, part.text, part.flags) == ("text", text, ["cut or broken JSON"])
