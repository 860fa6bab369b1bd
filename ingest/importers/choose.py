"""Which importer reads a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ingest.importers.aider_leaderboard import AIDER_LEADERBOARD
from ingest.importers.atif import ATIF
from ingest.importers.base import HEAD_BYTES, Importer, NotImportable, Unrecognised
from ingest.importers.claude_code import CLAUDE_CODE
from ingest.importers.codet_samples import CODET_SAMPLES
from ingest.importers.gsm8k_solutions import GSM8K_SOLUTIONS
from ingest.importers.inspect_eval import INSPECT
from ingest.importers.lats import LATS
from ingest.importers.native_events import NATIVE_EVENTS
from ingest.importers.openai_trajectories import OPENAI_TRAJECTORIES
from ingest.importers.otlp_file import OTLP
from ingest.importers.reflexion import REFLEXION
from ingest.importers.swe_agent import SWE_AGENT
from ingest.importers.tree_of_thoughts import TREE_OF_THOUGHTS

IMPORTERS = {
    importer.name: importer
    for importer in (
        TREE_OF_THOUGHTS,
        INSPECT,
        OTLP,
        NATIVE_EVENTS,
        REFLEXION,
        CODET_SAMPLES,
        GSM8K_SOLUTIONS,
        SWE_AGENT,
        OPENAI_TRAJECTORIES,
        CLAUDE_CODE,
        ATIF,
        LATS,
        AIDER_LEADERBOARD,
    )
}


def choose(path: Path, among: Iterable[Importer]) -> Importer:
    """Return the importer that knows the file by its beginning. Raises `Unrecognised`, `NotImportable`."""
    among = list(among)
    if not path.is_file():
        raise NotImportable(path, _what_it_is(path))
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise NotImportable(path, f"cannot be opened: {error.strerror or error}") from None
    if not head.strip():
        raise Unrecognised(path, "is empty")
    for importer in among:
        if importer.sniff(path, head):
            return importer
    if len(among) == len(IMPORTERS):
        raise Unrecognised(path, "is in no format that is known here")
    raise Unrecognised(path, f"is not in the format {' or '.join(each.name for each in among)}")


def _what_it_is(path: Path) -> str:
    if path.is_dir():
        return "is a folder that cannot be looked into"
    return "is not a file" if path.exists() else "does not exist"
