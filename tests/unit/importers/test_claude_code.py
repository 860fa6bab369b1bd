"""Claude Code sessions: a response is counted once, sub-agents hang under their tool call, rewinds are discarded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import Event, FateDecided, NodeObserved, RunEnded, RunStarted
from deliberation.events.codec import decode, encode
from deliberation.vocabulary import (
    DiscardReason,
    Fate,
    NodeKind,
    NodeStatus,
    ObservedState,
    SideEffect,
    TextVisibility,
    Usage,
)
from ingest.importers import claude_code
from ingest.importers.base import NotImportable
from ingest.importers.claude_code import NO_ANSWER, read, sniff
from tests.unit.importers.heard import RUN, rest

SESSION = "0b9c9b3e-51a5-4c8a-9a54-000000000001"
USAGE = {
    "input_tokens": 3,
    "cache_creation_input_tokens": 100,
    "cache_read_input_tokens": 1000,
    "output_tokens": 50,
    "service_tier": "standard",
}
Line = dict[str, Any]


class Log:
    """Lines of a session, each below the one before unless said otherwise."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.above: str | None = None

    def add(self, kind: str, message: Any = None, **more: Any) -> Line:
        number = len(self.lines)
        line = {
            "type": kind,
            "uuid": f"u{number}",
            "parentUuid": self.above,
            "isSidechain": False,
            "sessionId": SESSION,
            "cwd": "/repo",
            "version": "2.1.0",
            "timestamp": f"2026-01-01T00:00:{number:02}.500Z",
            **({} if message is None else {"message": message}),
            **more,
        }
        self.lines.append(line)
        self.above = line["uuid"]
        return line

    def user(self, content: Any, **more: Any) -> Line:
        return self.add("user", {"role": "user", "content": content}, **more)

    def said(self, own: str, *blocks: Any, tokens: int = 50, **more: Any) -> Line:
        message = {
            "id": own,
            "role": "assistant",
            "model": "claude-sonnet-4-5-20250929",
            "content": list(blocks),
            "stop_reason": None,
            "usage": {**USAGE, "output_tokens": tokens},
        }
        return self.add("assistant", message, requestId=f"req_{own}", **more)

    def write(self, path: Path, end: str = "\n") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(json.dumps(line) for line in self.lines) + end)
        return path


def text(words: str) -> Line:
    return {"type": "text", "text": words}


def use(own: str, name: str = "Read", **asked: Any) -> Line:
    return {"type": "tool_use", "id": own, "name": name, "input": asked}


def gave(own: str, content: Any = "done", **more: Any) -> list[Line]:
    return [{"type": "tool_result", "tool_use_id": own, "content": content, **more}]


def short() -> Log:
    log = Log()
    log.user("Fix the bug.\nPlease.")
    log.said("msg_1", {"type": "thinking", "thinking": "Hm.", "signature": "x"}, tokens=2)
    log.said("msg_1", text("I look."))
    log.said("msg_1", use("t1", file_path="/repo/a.py"))
    log.user(gave("t1", "1: pass"), toolUseResult={"file": {"numLines": 1}})
    log.said("msg_2", text("Fixed."))
    return log


def events(*paths: Path) -> list[Event]:
    pieces = chain.from_iterable(read(path) for path in paths)
    return list(chain.from_iterable(piece.tell(RUN) for piece in pieces))


def nodes(found: Iterable[Event]) -> dict[str, NodeObserved]:
    """Node → the first that was said of it with a kind."""
    told: dict[str, NodeObserved] = {}
    for event in found:
        if isinstance(event, NodeObserved) and event.node_kind is not None:
            told.setdefault(event.node, event)
    return told


def one(found: Iterable[Event], kind: Any) -> Any:
    (event,) = [event for event in found if isinstance(event, kind)]
    return event


def test_it_works(tmp_path: Path) -> None:
    found = events(short().write(tmp_path / f"{SESSION}.jsonl"))
    start, end = one(found, RunStarted), one(found, RunEnded)
    assert (start.name, start.task) == ("Fix the bug.", "Fix the bug.\nPlease.")
    assert (start.models, start.session_id) == (["claude-sonnet-4-5-20250929"], SESSION)
    assert (end.state, end.answer) == (ObservedState.COMPLETED, "Fixed.")
    kinds = {node: event.node_kind for node, event in nodes(found).items()}
    assert kinds == {
        "agent": NodeKind.AGENT,
        "m:msg_1": NodeKind.MODEL_CALL,
        "tool:t1": NodeKind.TOOL_CALL,
        "m:msg_2": NodeKind.MODEL_CALL,
    }


def test_a_response_of_many_lines_is_one_call_and_counted_once(tmp_path: Path) -> None:
    call = nodes(events(short().write(tmp_path / "a.jsonl")))["m:msg_1"]
    assert call.usage == Usage(input=1103, cache_read=1000, cache_write=100, output=50)
    (answer,) = json.loads(call.output or "")
    assert [part["type"] for part in answer["parts"]] == ["reasoning", "text", "tool_call"]
    assert (call.reasoning, call.response_id) == ("Hm.", "msg_1")
    assert rest(call)["lines"] == ["u1", "u2", "u3"]
    assert rest(call)["requestId"] == "req_msg_1"


def test_lines_of_a_response_may_stand_among_the_results_of_its_tools(tmp_path: Path) -> None:
    log = Log()
    log.user("Do both.")
    log.said("msg_1", use("t1"))
    log.user(gave("t1", "first"))
    log.said("msg_1", use("t2"))
    log.user(gave("t2", "second"))
    log.said("msg_2", text("Done."))
    found = nodes(events(log.write(tmp_path / "a.jsonl")))
    assert [found[f"tool:t{number}"].output for number in (1, 2)] == ["first", "second"]
    calls = [event for event in found.values() if event.node_kind is NodeKind.MODEL_CALL]
    assert len(calls) == 2
    assert calls[1].input
    assert "second" in calls[1].input


def test_a_tool_has_its_times_its_side_effect_and_what_the_client_knew(tmp_path: Path) -> None:
    tool = nodes(events(short().write(tmp_path / "a.jsonl")))["tool:t1"]
    assert (tool.tool, tool.side_effect) == ("Read", SideEffect.READ)
    assert (tool.input, tool.output) == ('{"file_path":"/repo/a.py"}', "1: pass")
    assert tool.started_at
    assert tool.ended_at
    assert tool.ended_at - tool.started_at == 1_000_000_000
    assert rest(tool)["toolUseResult"] == {"file": {"numLines": 1}}


def test_a_tool_that_failed_or_was_never_answered_says_so(tmp_path: Path) -> None:
    log = Log()
    log.said("msg_1", use("t1", "Bash"), use("t2", "Bash"))
    log.user(gave("t1", [text("no such file")], is_error=True))
    found = nodes(events(log.write(tmp_path / "a.jsonl")))
    assert (found["tool:t1"].status, found["tool:t1"].error) == (NodeStatus.ERROR, "no such file")
    assert (found["tool:t2"].status, found["tool:t2"].side_effect) == (NodeStatus.RUNNING, None)


@pytest.mark.parametrize("names_agent", [True, False])
def test_a_sub_agent_in_the_file_hangs_under_the_tool_that_began_it(
    tmp_path: Path, names_agent: bool
) -> None:
    agent = {"agentId": "a1b2"} if names_agent else {}
    log = Log()
    log.user("Research.")
    log.said("msg_1", use("t1", "Task", prompt="Look into x.", subagent_type="explorer"))
    after, log.above = log.above, None
    log.user("Look into x.", isSidechain=True, **agent)
    log.said("msg_s", text("It is y."), isSidechain=True, **agent)
    log.above = after
    log.user(gave("t1", "It is y."), toolUseResult=agent or None)
    log.said("msg_2", text("It is y, they say."))
    found = events(log.write(tmp_path / "a.jsonl"))
    told = nodes(found)
    sub = told["m:msg_s"].parent
    links = [event for event in found if isinstance(event, NodeObserved) and event.node == sub]
    assert sub == ("sub:a1b2" if names_agent else "sub:u2")
    assert {event.parent for event in links} == {None, "tool:t1"}
    assert {event.name for event in links} == {None, "explorer"}
    assert told["m:msg_2"].parent == "agent"
    assert one(found, RunEnded).answer == "It is y, they say."


def test_a_sub_agents_own_file_belongs_to_the_run_of_its_session(tmp_path: Path) -> None:
    main, sub = Log(), Log()
    main.user("Go.")
    main.said("msg_1", use("t1", "Agent", prompt="Look."))
    main.user(gave("t1"), toolUseResult={"agentId": "a1b2"})
    sub.user("Look.", isSidechain=True, agentId="a1b2")
    sub.said("msg_s", text("Seen."), isSidechain=True, agentId="a1b2")
    above = main.write(tmp_path / f"{SESSION}.jsonl")
    below = sub.write(tmp_path / SESSION / "subagents" / "agent-a1b2.jsonl")
    assert {piece.known_by for path in (above, below) for piece in read(path)} == {
        next(read(above)).known_by
    }
    for order in ((above, below), (below, above)):
        found = events(*order)
        assert len({event.key for event in found}) == len(found)
        links = [event.parent for event in found if getattr(event, "node", "") == "sub:a1b2"]
        assert sorted(links, key=str) == [None, "tool:t1"]


def test_an_answer_that_was_gone_back_on_is_discarded(tmp_path: Path) -> None:
    log = Log()
    log.user("Write it.")
    log.said("msg_1", text("How?"))
    fork = log.above
    log.user("In C.")
    log.said("msg_2", text("In C: …"))
    log.above = fork
    log.user("In Python.")
    log.said("msg_3", text("In Python: …"))
    fate = one(events(log.write(tmp_path / "a.jsonl")), FateDecided)
    assert (fate.node, fate.fate) == ("m:msg_2", Fate.DISCARDED)
    assert fate.reason is DiscardReason.SUPERSEDED


def test_what_stands_before_a_line_that_is_missing_is_not_called_discarded(tmp_path: Path) -> None:
    log = Log()
    log.user("One.")
    log.said("msg_1", text("1"))
    log.above = "nobody"
    log.user("Two.")
    log.said("msg_2", text("2"))
    found = events(log.write(tmp_path / "a.jsonl"))
    assert not [event for event in found if isinstance(event, FateDecided)]


def test_a_circle_of_lines_ends(tmp_path: Path) -> None:
    log = short()
    log.lines[0]["parentUuid"] = "u5"
    assert "m:msg_2" in nodes(events(log.write(tmp_path / "a.jsonl")))


def test_a_sealed_thought_is_no_empty_bubble(tmp_path: Path) -> None:
    log = Log()
    log.said("msg_1", {"type": "thinking", "thinking": "", "signature": "Es…"}, text("Yes."))
    call = nodes(events(log.write(tmp_path / "a.jsonl")))["m:msg_1"]
    assert (call.reasoning, call.text_visibility) == (None, TextVisibility.ENCRYPTED)


def test_an_error_of_the_api_is_no_call_of_a_model(tmp_path: Path) -> None:
    log = Log()
    log.user("Hello.")
    line = log.said("msg_1", text("API Error: 529"), isApiErrorMessage=True)
    line["message"]["model"] = "<synthetic>"
    found = events(log.write(tmp_path / "a.jsonl"))
    call = nodes(found)["m:msg_1"]
    assert (call.status, call.error) == (NodeStatus.ERROR, "API Error: 529")
    assert (call.model, call.usage, call.response_id) == (None, None, None)
    assert one(found, RunStarted).models is None


def test_lines_of_other_sorts_are_steps_or_counted(tmp_path: Path) -> None:
    log = short()
    log.add("system", subtype="compact_boundary", content="Compacted", compactMetadata={"n": 1})
    log.add("something-new", colour="red")
    log.lines += [{"type": "custom-title", "customTitle": "My title"}, log.lines[0]]
    log.lines += [{"type": "file-history-snapshot", "snapshot": {}}] * 2
    found = events(log.write(tmp_path / "a.jsonl"))
    told = nodes(found)
    assert (told["line:u6"].name, told["line:u6"].text) == ("system/compact_boundary", "Compacted")
    assert rest(told["line:u6"])["compactMetadata"] == {"n": 1}
    assert rest(told["line:u7"])["colour"] == "red"
    assert one(found, RunStarted).name == "My title"
    (counted,) = [rest(event) for event in found if getattr(event, "key", "") == "agent:lines:12"]
    assert counted["lines_not_imported"] == {
        "custom-title": 1,
        "repeated": 1,
        "file-history-snapshot": 2,
    }


def test_a_session_that_was_interrupted_has_no_answer(tmp_path: Path) -> None:
    log = short()
    log.user([text("[Request interrupted by user]")])
    end = one(events(log.write(tmp_path / "a.jsonl")), RunEnded)
    assert (end.state, end.answer) == (ObservedState.CANCELLED, None)


def test_a_session_cut_short_keeps_its_lines_and_names_the_last(tmp_path: Path) -> None:
    log = short()
    log.lines.pop()
    path = log.write(tmp_path / "a.jsonl", end='\n{"type": "assistant", "uu')
    (piece,) = read(path)
    assert NO_ANSWER in piece.warnings
    assert any(warning.startswith("line 6 is left out") for warning in piece.warnings)
    found = list(piece.tell(RUN))
    assert "tool:t1" in nodes(found)
    assert not [event for event in found if isinstance(event, RunEnded)]


def test_a_message_that_is_none_costs_its_line_only(tmp_path: Path) -> None:
    log = short()
    log.add("user", "error")
    (piece,) = read(log.write(tmp_path / "a.jsonl"))
    assert piece.warnings == ["line 7 is left out: it has no message"]
    assert len(nodes(piece.tell(RUN))) == 4


def test_a_session_that_grew_says_the_new_and_repeats_the_old(tmp_path: Path) -> None:
    log = short()
    before = events(log.write(tmp_path / "a.jsonl"))
    log.user("And now?")
    log.said("msg_3", text("Now this."))
    after = events(log.write(tmp_path / "a.jsonl"))
    old, new = ({event.key: event for event in found} for found in (before, after))
    assert set(old) - set(new) == {event.key for event in before if isinstance(event, RunEnded)}
    assert all(new[key] == event for key, event in old.items() if key in new)
    assert "m:msg_3:1" in new


def test_a_long_session_comes_in_pieces_of_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claude_code, "NODES_PER_PIECE", 2)
    path = short().write(tmp_path / "a.jsonl")
    pieces = list(read(path))
    assert len(pieces) > 1
    assert len({piece.known_by for piece in pieces}) == 1


def test_every_event_keeps_its_key_and_survives_the_wire(tmp_path: Path) -> None:
    path = short().write(tmp_path / "a.jsonl")
    found = events(path)
    assert len({event.key for event in found}) == len(found)
    assert [decode(encode(event)) for event in found] == found == events(path)


def test_it_is_known_by_its_first_lines() -> None:
    head = json.dumps(short().lines[0]).encode()
    assert sniff(Path("a.jsonl"), head)
    assert not sniff(Path("a.jsonl"), b'{"type": "summary", "summary": "x", "leafUuid": "y"}')
    assert not sniff(Path("a.jsonl"), b"[" + head)


@pytest.mark.parametrize("content", ['{"type": "summary"}\n', "{nonsense\n", "[1]\n"])
def test_what_holds_no_session_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    with pytest.raises(NotImportable):
        list(read(path))
