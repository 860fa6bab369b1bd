"""The text log of a LATS search, record by record, as a tree of states.

Source: `lapisrocks/LanguageAgentTreeSearch`, `webshop/lats.py` (hotpot's writes a thought beside the action). Upstream
logs the prompt, the sampled actions, each new state, and for each value its prompt, its output and the number. A state
is named nowhere: the actions on the way to it, which stand at the end of each prompt, tell which one is meant.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ingest.importers.iso_time import nanoseconds

RECORD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) - [A-Z]+ - ")
STATE = re.compile(
    r"Node\(depth=(?P<depth>\d{1,9}), value=(?P<value>-?\d+(?:\.\d+)?), visits=(?P<visits>\d{1,9})"
    r"(?:, thought=(?P<thought>.*?))?, action=(?P<action>.*?), observation=(?P<observation>.*)\)\s*",
    re.DOTALL,
)
ACTION = re.compile(r"^Action(?: \d+)?: (.*\S)", re.MULTILINE)
TASK = "Instruction:"
ROOT = "root"
SUCCESS, FAILURE = "Successful trajectory found", "Unsuccessful/Partially Successful"
QUIET = ("Current:", "{", "Length of", "RESULTS", "Terminal node with reward 1")
"""Records that repeat what others say."""
UNREADABLE = "record at line {line} is left out: {about}"
MAX_WARNINGS = 20


@dataclass(slots=True, kw_only=True)
class Judgement:
    """One question for a value, and what was answered. `value` is -1 where upstream found no number in it."""

    node: str
    state: str
    prompt: str
    asked_at: int | None
    output: str | None = None
    value: float | None = None
    ended_at: int | None = None


@dataclass(slots=True, kw_only=True)
class Sampling:
    """One request for next actions."""

    node: str
    state: str
    prompt: str
    asked_at: int | None
    output: str | None = None
    ended_at: int | None = None


@dataclass(slots=True, kw_only=True)
class State:
    """One state of the search. `batch` are the states that were sampled together; `reward` the environment's."""

    node: str
    parent: str
    batch: int
    is_rollout: bool
    depth: int
    visits: int
    action: str
    thought: str | None
    observation: str
    at: int | None
    reward: float | None
    is_duplicate: bool = False


@dataclass(slots=True)
class Search:
    """One search. `is_success` is None while no record says how it ended."""

    number: int
    started_at: int | None = None
    ended_at: int | None = None
    task: str | None = None
    iterations: int = 0
    is_success: bool | None = None
    states: list[State] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    samplings: list[Sampling] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    _paths: dict[tuple[str, ...], str] = field(default_factory=lambda: {(): ROOT})
    _path_of: dict[str, tuple[str, ...]] = field(default_factory=lambda: {ROOT: ()})
    _latest: dict[tuple[int, str], State] = field(default_factory=dict)
    _reward: float | None = None
    _is_rollout: bool = False

    def take(self, text: str, at: int | None, line: int) -> None:
        """Take a record of the search."""
        self.ended_at = at
        head, _, rest = text.partition(":")
        if text.startswith("Iteration "):
            self.iterations, self._is_rollout = self.iterations + 1, False
        elif head == "PROMPT":
            self._ask(rest, at)
        elif head == "SAMPLED ACTION" and self.samplings:
            self.samplings[-1].output, self.samplings[-1].ended_at = rest.strip(), at
        elif head == "reward":
            self._reward = _number(rest)
        elif head == "NEW NODE":
            self._grow(rest.strip(), at, line)
        elif head.startswith("VALUE") and head != "VALUE PROMPT" and self.judgements:
            self._judge(head, rest, at)
        elif head == "VALUE PROMPT":
            self._ask_value(rest, at)
        elif text.startswith((SUCCESS, FAILURE)):
            self.is_success = text.startswith(SUCCESS)
        elif text.startswith("Length of votes"):
            self._is_rollout = True
        elif not text.startswith(QUIET):
            self.unread[" ".join(text.split()[:2])[:64]] += 1

    def _ask(self, prompt: str, at: int | None) -> None:
        state = self._meant(prompt)
        self.task = self.task or _task(prompt)
        node = f"p.{len(self.samplings)}"
        self.samplings.append(Sampling(node=node, state=state, prompt=prompt.strip(), asked_at=at))

    def _grow(self, text: str, at: int | None, line: int) -> None:
        found = STATE.fullmatch(text)
        if found is None or not self.samplings:
            self._warn(line, "it is no state")
            return
        parent = self.samplings[-1].state
        path = (*self._path_of[parent], found["action"].strip())
        state = State(
            node=f"s.{len(self.states)}",
            parent=parent,
            batch=len(self.samplings),
            is_rollout=self._is_rollout,
            depth=int(found["depth"]),
            visits=int(found["visits"]),
            action=found["action"],
            thought=found["thought"],
            observation=found["observation"].strip(),
            at=at,
            reward=self._reward,
        )
        if state.depth != len(path):
            self._warn(line, f"its depth is {state.depth}, and its parent's is {len(path) - 1}")
        self._forget_same(state)
        self._reward = None
        self._paths[path], self._path_of[state.node] = state.node, path
        self.states.append(state)

    def _forget_same(self, state: State) -> None:
        """Mark an earlier state of the batch with the same action: upstream keeps the last of them only."""
        other = self._latest.get((state.batch, state.action))
        if other is not None:
            other.is_duplicate = True
        self._latest[state.batch, state.action] = state

    def _ask_value(self, prompt: str, at: int | None) -> None:
        node = f"v.{len(self.judgements)}"
        state = self._meant(prompt)
        self.judgements.append(
            Judgement(node=node, state=state, prompt=prompt.strip(), asked_at=at)
        )

    def _judge(self, head: str, rest: str, at: int | None) -> None:
        judgement = self.judgements[-1]
        judgement.ended_at = at
        if head == "VALUES":
            judgement.value = _number(rest)
        else:
            judgement.output = _outputs(rest)

    def _meant(self, prompt: str) -> str:
        """Return the state that a prompt is about: the actions after the last task stand in it."""
        _, _, last = prompt.rpartition(TASK)
        return self._paths.get(tuple(found.strip() for found in ACTION.findall(last)), ROOT)

    def _warn(self, line: int, about: str) -> None:
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(UNREADABLE.format(line=line, about=about))


def read_searches(text: str) -> Iterator[Search]:
    """Yield the searches of a log, in order."""
    search: Search | None = None
    for record, at, line in _records(text):
        if record.startswith("Iteration 1.") or record == "Iteration 1":
            if search is not None:
                yield search
            search = Search(number=search.number + 1 if search else 1, started_at=at)
        if search is not None:
            search.take(record, at, line)
    if search is not None:
        yield search


def _records(text: str) -> Iterator[tuple[str, int | None, int]]:
    """Yield each record's text, its time in ns (the log names no zone: read as UTC), and its line from 1."""
    starts = [found for found in RECORD.finditer(text) if _begins_line(text, found.start())]
    line, passed = 1, 0
    for place, found in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(text)
        line += text.count("\n", passed, found.start())
        passed = found.start()
        yield text[found.end() : end].strip(), _time(found[1], found[2]), line


def _begins_line(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] == "\n"


def _time(day: str, milliseconds: str) -> int | None:
    try:
        return nanoseconds(
            datetime.fromisoformat(f"{day}.{milliseconds}").replace(tzinfo=UTC).isoformat()
        )
    except ValueError:
        return None


def _task(prompt: str) -> str | None:
    """Return the task: the lines after the last `Instruction:`, up to the page's first button."""
    _, _, last = prompt.rpartition(TASK)
    words = re.split(r"\n\s*(?:\[|Action)", last, maxsplit=1)[0].strip()
    return words or None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _outputs(text: str) -> str:
    """Return what was answered; the log writes Python's list of texts."""
    try:
        found = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text.strip()
    is_texts = isinstance(found, list) and all(isinstance(each, str) for each in found)
    return "\n\n".join(found) if is_texts else text.strip()
