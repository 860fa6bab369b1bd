"""Conversations in OpenAI's messages with tool calls: tau-bench results, and files of `messages`.

A JSON list of entries, one entry a line, or one list of messages. tau-bench (`sierra-research/tau-bench`, `run.py`)
writes `{"task_id", "reward", "info": {"task": {"instruction", "actions", "outputs"}, "user_cost", "reward_info"},
"traj": [message…], "trial"}`; others write `{"messages": [message…]}`. Each entry is a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deliberation.events import Event, NodeObserved, RunEnded, RunStarted
from deliberation.vocabulary import NodeKind, NodeStatus, ObservedState, Strategy
from ingest.importers.agent_run import ROOT, tell_turn
from ingest.importers.base import ImportedRun, Importer, NotImportable
from ingest.importers.cut_json import CUT, first_members, items_or_cut, parse_whole_or_cut
from ingest.importers.json_file import names_of_runs, read_bytes
from ingest.importers.json_lines import (
    MAX_LINE_BYTES,
    MAX_TOLD_LINES,
    Line,
    Misread,
    read_runs,
)
from ingest.importers.json_text import rest_text
from ingest.importers.openai_trajectories_tau import (
    TAU_TOOLS,
    Ended,
    end_of,
    is_tau,
    model_of_file,
    tau_name,
    verdict_of,
)
from ingest.importers.openai_trajectories_turns import STATED, Conversation, read_conversation

NAME = "openai_trajectories"
MEMBERS = ("traj", "messages")
ROLE = re.compile(rb'"role"\s*:\s*"(?:system|developer|user|assistant|tool)"')
MAX_MODELS = 64
COMPLETED = Ended(state=ObservedState.COMPLETED, reason=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One conversation of a file. `rest` is everything beside its messages."""

    name: str
    model: str | None
    conversation: Conversation
    rest: Mapping[str, Any]
    is_tau: bool
    end: Ended

    @property
    def task(self) -> str | None:
        """What was wanted: of tau-bench what the user was told to want, else what the user first said."""
        info = self.rest.get("info")
        task = info.get("task") if isinstance(info, Mapping) else None
        told = task.get("instruction") if isinstance(task, Mapping) else None
        return told if isinstance(told, str) else self.conversation.first_question


def sniff(path: Path, head: bytes) -> bool:
    """JSON whose first object holds messages in `traj` or `messages`, or is itself a message of a list."""
    if head.lstrip()[:1] not in (b"{", b"[") or not ROLE.search(head):
        return False
    names = first_members(head)
    is_message = head.lstrip()[:1] == b"[" and names >= {"role", "content"}
    return is_message or not names.isdisjoint(MEMBERS)


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a run for each entry; what cannot be read is a warning on the file's runs. Raises `NotImportable`."""
    if _is_lines(path):
        yield from read_runs(path, lambda line: [_of_line(path, line)])
        return
    data = read_bytes(path)
    name_of, warnings = names_of_runs(data), list[str]()
    is_empty = True
    for index, (value, is_cut) in enumerate(_entries(path, data)):
        if is_cut:
            warnings.append(CUT)
        try:
            run = _run(path, value, f"entry {index + 1}", name_of(index), warnings)
        except Misread as error:
            warnings.append(f"entry {index + 1} is left out: {error}")
            continue
        is_empty = False
        yield run
    if is_empty:
        raise NotImportable(path, warnings[0] if warnings else "holds no conversation")


def _is_lines(path: Path) -> bool:
    """Return True when the first line is an object from end to end."""
    try:
        with path.open("rb") as file:
            first = file.readline(MAX_LINE_BYTES).strip()
    except OSError:
        return False
    return first.startswith(b"{") and first.endswith(b"}") and len(first) > len(b"{}")


def _entries(path: Path, data: bytes) -> Iterator[tuple[Any, bool]]:
    """Yield the entries of a list or of a single object; a list of messages is one entry."""
    if data.lstrip()[:1] != b"[":
        yield parse_whole_or_cut(path, data)
        return
    items = items_or_cut(path, data)
    first = next(items, None)
    if first is None:
        return
    if isinstance(first[0], Mapping) and "role" in first[0]:
        found = [first, *items]
        yield {"messages": [value for value, _ in found]}, any(is_cut for _, is_cut in found)
        return
    yield first
    yield from items


def _of_line(path: Path, line: Line) -> ImportedRun:
    place = f"line {line.index + 1}"
    return _run(path, line.value, place, line.name_of(str(line.index)), line.warnings)


def _run(path: Path, value: Any, place: str, known_by: str, warnings: list[str]) -> ImportedRun:
    own: list[str] = []
    entry = _entry(path, value, place, own)
    warnings += [f"{place}: {text}" for text in own[: max(0, MAX_TOLD_LINES - len(warnings))]]
    return ImportedRun(
        known_by=known_by,
        tell=lambda run: _tell(entry, run),
        size=1 + sum(1 + len(turn.tools) for turn in entry.conversation.turns),
        warnings=warnings,
    )


def _entry(path: Path, value: Any, place: str, warnings: list[str]) -> Entry:
    """Return the conversation that an entry holds. Raises `Misread`."""
    if not isinstance(value, Mapping):
        raise Misread("it is not an object")
    messages = next((value[name] for name in MEMBERS if isinstance(value.get(name), list)), None)
    if not messages:
        raise Misread("it has no messages")
    is_tau_bench = is_tau(value)
    model = value.get("model") if isinstance(value.get("model"), str) else None
    model = model or (model_of_file(path) if is_tau_bench else None)
    sense = TAU_TOOLS if is_tau_bench else STATED
    found = read_conversation(messages, model, sense, warnings)
    return Entry(
        name=tau_name(path, value) if is_tau_bench else f"{path.stem} {place}",
        model=model,
        conversation=found,
        rest={name: each for name, each in value.items() if name not in MEMBERS},
        end=end_of(found.last) if is_tau_bench else COMPLETED,
        is_tau=is_tau_bench,
    )


def _tell(entry: Entry, run: str) -> Iterator[Event]:
    """Yield the events of a conversation. No times: the format has none."""
    found = entry.conversation
    models = {turn.model: None for turn in found.turns if turn.model}
    yield RunStarted(
        run=run,
        key="start",
        name=entry.name,
        task=entry.task,
        strategy=Strategy.AGENT,
        models=list(models)[:MAX_MODELS] or None,
        tags=["tau-bench"] if entry.is_tau else None,
    )
    after = {"messages_after_the_last_call": found.after} if found.after else {}
    yield NodeObserved(
        run=run,
        key=ROOT,
        node=ROOT,
        node_kind=NodeKind.AGENT,
        name="agent",
        status=NodeStatus.OK,
        input=entry.task,
        output=found.answer,
        attributes=rest_text({**entry.rest, **after}),
    )
    for turn in found.turns:
        yield from tell_turn(turn, run)
    if entry.is_tau:
        yield from verdict_of(entry.rest, run)
    yield RunEnded(
        run=run,
        key="end",
        state=entry.end.state,
        answer=found.answer,
        stop_reason=entry.end.reason,
    )


OPENAI_TRAJECTORIES = Importer(name=NAME, sniff=sniff, read=read)
