"""The runs that are asked about, each with whether it is known to be right: as `traces.queries.known_runs` says."""

from __future__ import annotations

from traces.queries.known_runs import COLUMNS, KNOWN_OF_FOUND, VALUES
from traces.queries.over_runs.scope import Question, Scope, found_runs, then


def known_runs(scope: Scope, *columns: str) -> Question:
    """Return the beginning of a statement: `known`, the runs that match, with `is_right` and `basis`."""
    question = found_runs(scope, *dict.fromkeys((*COLUMNS, *columns)))
    return then(question, KNOWN_OF_FOUND, *VALUES)
