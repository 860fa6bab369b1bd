"""Recorded request bodies: a few golden ones in the tree, the whole corpus where it stands beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.wire.body import Media, inflate, media_type

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "otlp"
CORPUS = ROOT.parent / "shared" / "corpus"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded body: its signal ("traces", "logs", "metrics"), its media type, its inflated bytes."""

    name: str
    signal: str
    media: Media
    body: bytes


def golden(name: str) -> Recorded:
    """Return a body of tests/golden/otlp by its file name."""
    raw = (GOLDEN / name).read_bytes()
    media: Media = "json" if ".json" in name else "protobuf"
    body = inflate(raw, "gzip" if name.endswith(".gz") else None)
    return Recorded(name, "logs" if ".logs." in name else "traces", media, body)


def golden_bodies() -> list[Recorded]:
    """Return all of tests/golden/otlp."""
    return [golden(path.name) for path in sorted(GOLDEN.iterdir()) if path.suffix != ".md"]


def recorded(client: str) -> Iterator[Recorded]:
    """Yield a client's OTLP bodies in the order of arrival; skips the test where there is no corpus."""
    for path in sorted(corpus(client).glob("*.headers.json")):
        request = json.loads(path.read_text())
        signal = request["path"].rpartition("/")[2]
        if signal not in ("traces", "logs", "metrics"):
            continue
        headers = {name.lower(): value for name, value in request["headers"]}
        raw = path.with_name(path.name.replace(".headers.json", ".body")).read_bytes()
        body = inflate(raw, headers.get("content-encoding"))
        yield Recorded(f"{client}/{path.name}", signal, media_type(headers["content-type"]), body)


def summary(client: str) -> dict[str, Any]:
    """Return the facts that must come out of a client's recording."""
    facts: dict[str, Any] = json.loads((corpus(client) / "summary.json").read_text())
    return facts


def corpus(client: str) -> Path:
    """Return a client's folder of the corpus, or skip the test."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus of recorded bodies is not beside this checkout")
    return CORPUS / client


CLIENTS = (
    sorted(path.name for path in CORPUS.iterdir() if (path / "001.body").exists())
    if (CORPUS.is_dir())
    else ["openai-genai"]
)
