"""What came out of an import, small enough to stand in a row and be read by a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.import_files import Imported
from ingest.importers.base import NotImportable
from traces.projection.texts import cut

MAX_RUNS = 100
MAX_SENTENCES = 50
MAX_SENTENCE_CHARS = 500
NOTHING = "nothing in it can be imported"


@dataclass(slots=True)
class Told:
    """Sentences on the files of an import, with paths as the uploader knows them."""

    roots: Sequence[Path]
    left_out: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def leave_out(self, error: NotImportable) -> None:
        """Note a file that is in no known format."""
        self.left_out.append(self._sentence(error))

    def fail(self, error: NotImportable) -> None:
        """Note a file that cannot be read."""
        self.errors.append(self._sentence(error))

    def name(self, path: Path) -> str:
        """Return a file's name as the uploader knows it."""
        near = next((root for root in self.roots if path.is_relative_to(root)), path.parent)
        return path.relative_to(near).as_posix()

    def _sentence(self, error: NotImportable) -> str:
        return cut(f"{self.name(error.path)} {error.sentence}", MAX_SENTENCE_CHARS)


def summary(told: Told, imported: Sequence[Imported]) -> dict[str, Any]:
    """Return the columns of the row that say what came out."""
    warned = Counter(text for each in imported for text in each.warnings)
    return {
        "run_count": len(imported),
        "runs": [each.run for each in imported[:MAX_RUNS]],
        "formats": Counter(each.format for each in imported),
        "warnings": [
            [cut(text, MAX_SENTENCE_CHARS), times]
            for text, times in warned.most_common(MAX_SENTENCES)
        ],
        "left_out": _first(told.left_out),
        "errors": _first(told.errors),
        "error": None if imported else _why(told),
    }


def _why(told: Told) -> str:
    said = told.errors + told.left_out
    return said[0] if len(said) == 1 else NOTHING


def _first(sentences: list[str]) -> list[str]:
    more = len(sentences) - MAX_SENTENCES
    return sentences[:MAX_SENTENCES] + ([f"and {more:,} more files"] if more > 0 else [])
