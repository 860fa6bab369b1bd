"""What the name of a tree-of-thought-llm log says of how it was made.

The logs themselves name neither model nor parameters; upstream's `run.py` writes them into the name:
`logs/{task}/{backend}_{temperature}_{generate}{n}_{evaluate}{n}_{select}{n}_start…_end….json`, and for plain
samples `…/{backend}_{temperature}_naive_{prompt}_sample_{n}_start…_end….json`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

TASKS = ("game24", "text", "crosswords")
SEARCH = re.compile(
    r"(?P<backend>.+)_(?P<temperature>\d+(?:\.\d+)?)_(?P<generate>propose|sample)(?P<n_generate>\d+)"
    r"_(?P<evaluate>value|vote)(?P<n_evaluate>\d+)_(?P<select>greedy|sample)(?P<n_select>\d+)_start\d+_end\d+"
)
SAMPLES = re.compile(
    r"(?P<backend>.+)_(?P<temperature>\d+(?:\.\d+)?)_naive_(?P<prompt>standard|cot)"
    r"_sample_(?P<n_generate>\d+)_start\d+_end\d+"
)
MAX_SOURCE_CHARS = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a log was made, as far as its name says; None is not said.

    `parameters` are upstream's own words, as text. `samples` is how many opinions make one value.
    """

    task: str | None = None
    model: str | None = None
    evaluate: str | None = None
    samples: int | None = None
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def scorer(self) -> str:
        """Who put the numbers on the states."""
        said = [self.model, self.evaluate or "value", f"×{self.samples}" if self.samples else None]
        return " ".join(word for word in said if word)


def origin_of(path: Path) -> Origin:
    """Return what the file's name says, or the name it was published under (see `published_name`)."""
    for named in (path, published_name(path)):
        found = named and (SEARCH.fullmatch(named.stem) or SAMPLES.fullmatch(named.stem))
        if named and found:
            return _origin(found.groupdict(), named.parent.name)
    return Origin(task=_task(path.parent.name))


def published_name(path: Path) -> Path | None:
    """Return the path a renamed file had upstream: a line `name <- path` of a SOURCE.txt beside it."""
    try:
        with path.with_name("SOURCE.txt").open(encoding="utf-8", errors="replace") as file:
            lines = file.read(MAX_SOURCE_CHARS).splitlines()
    except OSError:
        return None
    pairs = (line.partition(" <- ") for line in lines)
    return next((Path(old.strip()) for new, _, old in pairs if new.strip() == path.name), None)


def _origin(words: dict[str, str], folder: str) -> Origin:
    backend = words.pop("backend")
    samples = words.get("n_evaluate")
    return Origin(
        task=_task(folder),
        model=backend,
        evaluate=words.get("evaluate"),
        samples=int(samples[:6]) if samples else None,
        parameters=words,
    )


def _task(folder: str) -> str | None:
    return folder if folder in TASKS else None
