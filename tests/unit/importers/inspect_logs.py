"""Small Inspect logs made by hand, in the shapes that Inspect has written."""

from __future__ import annotations

import binascii
import copy
import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import zstandard

ZSTD = 93
AT = "2026-05-04T10:00:{:06.3f}+00:00"

HEADER: dict[str, Any] = {
    "version": 2,
    "status": "success",
    "eval": {
        "run_id": "RUN",
        "task_id": "TASK",
        "created": "2026-05-04T10:00:00+00:00",
        "task": "sums",
        "tags": ["demo"],
        "metadata": {"suite": "small"},
        "dataset": {"name": "tiny", "samples": 1, "sample_ids": ["a"]},
        "model": "openai/gpt-4o",
        "config": {"epochs": 1, "token_limit": 3000},
        "scorers": [{"name": "includes"}],
    },
    "plan": {"steps": [{"solver": "generate"}], "config": {"reasoning_effort": "low"}},
}


def at(seconds: float) -> str:
    """A time some seconds into the log."""
    return AT.format(seconds)


def event(kind: str, second: float = 1, span: str | None = "solve", **more: Any) -> dict[str, Any]:
    """An event of a kind, in a span."""
    where = {} if span is None else {"span_id": span}
    return {"event": kind, "timestamp": at(second), **where, **more}


def begin(own: str, second: float, parent: str | None = None, **more: Any) -> dict[str, Any]:
    """The begin of a span."""
    above = {} if parent is None else {"parent_id": parent}
    return event("span_begin", second, own, id=own, name=own, **above, **more)


def end(own: str, second: float) -> dict[str, Any]:
    """The end of a span."""
    return event("span_end", second, own, id=own)


def said(text: Any, **more: Any) -> dict[str, Any]:
    """A choice of a model's output."""
    message = {"role": "assistant", "content": text, "source": "generate", **more}
    return {"message": message, "stop_reason": "stop"}


def model(second: float = 1, *choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A model call of 30 tokens that took half a second."""
    usage = more.pop("usage", {"input_tokens": 20, "output_tokens": 10, "total_tokens": 30})
    output = {
        "model": "gpt-4o-2024-08-06",
        "choices": list(choices) or [said("42")],
        "usage": usage,
        "response_id": f"resp-{second}",
    }
    asked = {"model": "openai/gpt-4o", "input": [{"role": "user", "content": "6*7?"}], "tools": []}
    return event(
        "model", second, **{**asked, "output": output, "completed": at(second + 0.5), **more}
    )


def score(value: Any = "C", second: float = 8, **more: Any) -> dict[str, Any]:
    """A score event."""
    return event("score", second, "judge", score={"value": value}, **more)


def sample(*events: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """A sample; without events, one model call and one scorer."""
    told = list(events) or [
        begin("solve", 0, type="solver"),
        model(),
        end("solve", 7),
        begin("judge", 7, type="scorer"),
        score(scorer="includes"),
        end("judge", 9),
    ]
    return {
        "id": "a",
        "epoch": 1,
        "input": "6*7?",
        "target": "42",
        "messages": [],
        "output": {"model": "gpt-4o", "choices": [said("42")], "completion": "42"},
        "scores": {"includes": {"value": "C", "answer": "42", "explanation": "found"}},
        "events": told,
        "attachments": {},
        "uuid": "UUID-a-1",
        "completed_at": at(9),
        **changed,
    }


def header(**changed: Any) -> dict[str, Any]:
    """A log's header; members of `eval` are changed by their own names."""
    made = copy.deepcopy(HEADER)
    for name, value in changed.items():
        (made if name in ("status", "plan", "error", "tags") else made["eval"])[name] = value
    return made


def write_json(path: Path, *samples: Mapping[str, Any], **changed: Any) -> Path:
    """A `.json` log."""
    path.write_text(json.dumps({**header(**changed), "samples": samples}))
    return path


def write_eval(
    path: Path,
    *samples: Mapping[str, Any],
    method: int = ZSTD,
    is_killed: bool = False,
    more: Mapping[str, Any] | None = None,
    **changed: Any,
) -> Path:
    """An `.eval` log; a killed one has no header."""
    made = header(**changed)
    start = {name: made[name] for name in ("version", "eval", "plan")}
    members: list[tuple[str, Any]] = [("_journal/start.json", start)]
    members += [(f"samples/{each['id']}_epoch_{each['epoch']}.json", each) for each in samples]
    members += list((more or {}).items())
    if not is_killed:
        members.append(("header.json", made))
    return write_zip(path, members, method=method)


def write_zip(path: Path, members: list[tuple[str, Any]], method: int = ZSTD) -> Path:
    """A zip of JSON members. zstd goes in several frames, as Inspect writes large ones."""
    if method != ZSTD:
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, value in members:
                archive.writestr(name, as_bytes(value))
        return path
    directory, place = b"", 0
    with path.open("wb") as file:
        for name, value in members:
            data = as_bytes(value)
            packed = b"".join(zstandard.compress(part) for part in halves(data))
            common = struct.pack(
                "<HHHHHIIIHH",
                *(63, 0, ZSTD, 0, 33),
                *(binascii.crc32(data), len(packed), len(data), len(name.encode()), 0),
            )
            file.write(b"PK\x03\x04" + common + name.encode() + packed)
            entry = b"PK\x01\x02" + struct.pack("<H", 63) + common
            entry += struct.pack("<HHHII", 0, 0, 0, 0, place) + name.encode()
            directory, place = directory + entry, file.tell()
        tail = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), place, 0)
        file.write(directory + b"PK\x05\x06" + tail)
    return path


def as_bytes(value: Any) -> bytes:
    """Bytes as they are, another value as its JSON."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def halves(data: bytes) -> list[bytes]:
    """The data in two parts."""
    return [data[: len(data) // 2], data[len(data) // 2 :]]
