"""Where this project reads a recording differently from its summary: the table of docs/reference/readings.md."""

from __future__ import annotations

import re
from collections import defaultdict
from fnmatch import fnmatch
from typing import NamedTuple

from tests.unit.wire.recordings import ROOT

PAGE = ROOT / "docs" / "reference" / "readings.md"
ROW = re.compile(r"^\| ([\w.*-]+) \| `(\S+)` \| ([\d,]+) \| ([\d,]+) \| \S.* \|$", re.MULTILINE)


class Difference(NamedTuple):
    """A count of a recording, by the name of tests.integration.corpus.facts: the summary's, and ours."""

    fact: str
    theirs: int
    ours: int


def differences() -> dict[str, list[Difference]]:
    """Return the page's rows by client; a client's name may be a pattern."""
    found: defaultdict[str, list[Difference]] = defaultdict(list)
    for client, fact, theirs, ours in ROW.findall(PAGE.read_text()):
        found[client].append(Difference(fact, _number(theirs), _number(ours)))
    return dict(found)


def differences_of(client: str) -> list[Difference]:
    """Return the rows that speak of a client."""
    rows = differences()
    return [each for pattern in rows if fnmatch(client, pattern) for each in rows[pattern]]


def _number(written: str) -> int:
    return int(written.replace(",", ""))
