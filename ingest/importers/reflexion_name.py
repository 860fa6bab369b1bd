"""What the name of a Reflexion log says of how it was made.

Upstream's `programming_runs/main.py` writes `{dataset}_{strategy}_{max_iters}_{model}_pass_at_k_{k}_{language}.jsonl`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ingest.importers.tot_name import published_name

NAME = re.compile(
    r"(?P<dataset>.+?)\.?_(?P<strategy>simple|reflexion|immediate-reflexion|immediate-refinement|reflexion-ucs)"
    r"_(?P<max_iters>\d{1,6})_(?P<model>.+)_pass_at_k_(?P<pass_at_k>\d+)_(?P<language>[a-z]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a log was made, in upstream's own words; None is not said. `attempts` is how many a task may take."""

    dataset: str | None = None
    model: str | None = None
    attempts: int | None = None
    parameters: dict[str, str] = field(default_factory=dict)


def origin_of(path: Path) -> Origin:
    """Return what the file's name says, or the name it was published under."""
    for named in (path, published_name(path)):
        found = named and NAME.fullmatch(named.stem)
        if found:
            words = found.groupdict()
            return Origin(
                dataset=words.pop("dataset"),
                model=words.pop("model"),
                attempts=int(words["max_iters"]),
                parameters=words,
            )
    return Origin()
