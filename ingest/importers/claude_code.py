"""Sessions of Claude Code: `~/.claude/projects/<folder>/<session>.jsonl`, and its sub-agents' files beside it.

A record a line: `{"type": "user" | "assistant" | "system" | …, "uuid", "parentUuid", "sessionId", "isSidechain",
"timestamp", "message": {"role", "content", "id", "model", "usage"}, "requestId", "toolUseResult"}`. No schema is
published; read here as versions 1.0 to 2.1 write it. All files of a session are one run, known by the session's id: a
session that has grown is imported again into the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from deliberation.events import Event, NodeObserved, RunEnded, RunStarted
from deliberation.vocabulary import NodeKind, ObservedState, Strategy
from ingest.importers.agent_run import ROOT
from ingest.importers.base import ImportedRun, Importer, Unrecognised
from ingest.importers.claude_code_lines import Lines, Tell
from ingest.importers.claude_code_session import Session, read_session
from ingest.importers.iso_time import nanoseconds
from ingest.importers.json_lines import MAX_TOLD_LINES, Line, read_objects, read_runs
from ingest.importers.json_text import json_text

NAME = "claude_code"
NAMES = (b'"parentUuid"', b'"sessionId"', b'"isSidechain"')
NODES_PER_PIECE = 500
MAX_NAME_CHARS = 80
NO_ANSWER = "the session does not end with an answer: whether it went on is not known"
OF_FILE = ("cwd", "version", "gitBranch")


def sniff(path: Path, head: bytes) -> bool:
    """JSON lines that name the line above them, their session and whether they are a sub-agent's."""
    return head.lstrip()[:1] == b"{" and all(name in head for name in NAMES)


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield the session's run in pieces. The file is read twice, a line at a time. Raises `NotImportable`."""
    session = read_session(read_objects(path))
    own = session.id_in(path.stem)
    if own is None or not session.first:
        raise Unrecognised(path, "holds no message of a session")
    pieces = _Pieces(session, own)
    yield from read_runs(path, pieces.take)


class _Pieces:
    """Makes a piece of the run of every some hundred nodes."""

    def __init__(self, session: Session, own: str) -> None:
        self._session = session
        self._id = own
        self._known_by = (
            f"import:{blake2b(f'claude_code#{own}'.encode(), digest_size=16).hexdigest()}"
        )
        self._lines = Lines(session)
        self._lines.things.append(lambda run: _tell_start(session, own, run))
        self._objects = 0

    def take(self, line: Line) -> list[ImportedRun]:
        """Read a line; return a piece when there is enough, and at the end the rest."""
        self._objects += 1
        trouble = self._lines.read(line.value)
        if trouble and len(line.warnings) < MAX_TOLD_LINES:
            line.warnings.append(f"line {line.index + 1} is left out: {trouble}")
        is_last = self._objects == self._session.objects
        if is_last:
            self._lines.finish()
            self._lines.things.append(self._end(line.warnings))
        if not is_last and len(self._lines.things) < NODES_PER_PIECE:
            return []
        things, self._lines.things = self._lines.things, []
        return [
            ImportedRun(
                known_by=self._known_by,
                tell=lambda run: chain.from_iterable(thing(run) for thing in things),
                size=len(things),
                warnings=line.warnings,
            )
        ]

    def _end(self, warnings: list[str]) -> Tell:
        left_out = dict(self._lines.left_out)
        if self._session.is_main and _state(self._session) is None:
            warnings.append(NO_ANSWER)
        return lambda run: _tell_end(self._session, left_out, run)


def _tell_start(session: Session, own: str, run: str) -> Iterator[Event]:
    name = session.title or (session.task or "").strip().split("\n")[0][:MAX_NAME_CHARS]
    models = list(session.models)
    said = json_text([name, session.task, models]).encode("utf-8", "replace")
    yield RunStarted(
        run=run,
        # What a longer file says anew is a fact of its own.
        key=f"start:{blake2b(said, digest_size=8).hexdigest()}",
        name=name or None,
        task=session.task,
        strategy=Strategy.AGENT,
        models=models or None,
        session_id=own[:MAX_NAME_CHARS],
        tags=["claude-code"],
    )
    if session.is_main:
        yield NodeObserved(
            run=run,
            key=ROOT,
            node=ROOT,
            node_kind=NodeKind.AGENT,
            name="Claude Code",
            started_at=nanoseconds(session.first.get("timestamp")),
            input=session.task,
            attributes=json_text({name: session.first.get(name) for name in OF_FILE}),
        )


def _tell_end(session: Session, left_out: dict[str, int], run: str) -> Iterator[Event]:
    if session.is_main and left_out:
        yield NodeObserved(
            run=run,
            key=f"{ROOT}:lines:{session.objects}",
            node=ROOT,
            attributes=json_text({"lines_not_imported": left_out}),
        )
    state = _state(session)
    if session.last is not None and state is not None:
        is_cut = state is ObservedState.CANCELLED
        yield RunEnded(
            run=run,
            key=f"end:{blake2b(session.last.uuid.encode(), digest_size=8).hexdigest()}",
            state=state,
            answer=None if is_cut else session.last.text,
            stop_reason="interrupted" if is_cut else "answered",
        )


def _state(session: Session) -> ObservedState | None:
    """Return how the session ended, None where its last line leaves that open."""
    last = session.last
    if last is None:
        return None
    if last.is_interrupted:
        return ObservedState.CANCELLED
    return ObservedState.COMPLETED if last.is_answer and last.text else None


CLAUDE_CODE = Importer(name=NAME, sniff=sniff, read=read)
