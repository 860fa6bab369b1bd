"""Pages over many runs are read soon, also where Postgres takes thousands of new rows for one.

So it does from when it looked at a table that was all but empty until it looks again: what was imported in between is
joined row by row, if the statement lets it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from tests.integration.importers.ground_truth import FILE, read, viewer
from traces.models import Project
from traces.queries.access import Viewer
from traces.queries.frontier import get_frontier
from traces.queries.frontier_asked import FrontierAsked
from traces.queries.judged_runs import read_judged_runs
from traces.queries.judgements import Judging
from traces.queries.over_runs.scope import Scope
from traces.queries.over_runs.sections import SECTIONS
from traces.queries.run_filters import RunFilters
from traces.queries.verifier import get_verifier
from traces.queries.verifier_cells import NodeCell
from traces.queries.verifier_list import list_verifiers
from traces.queries.verifier_nodes import list_judged_nodes

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not FILE.is_file(), reason="the public logs are not beside this tree (../shared/data)"
    ),
]
ASKED = Judging(verifier="game24 test")
ENDS = "SET LOCAL statement_timeout = '10s'"
"""The slowest of them takes half a second; by rows one with another it is fifteen and more."""
LOOKED_WHEN_EMPTY = """
UPDATE pg_class SET reltuples = 1, relpages = greatest(relpages, 300)
WHERE relname LIKE 'traces%other' OR relname LIKE 'traces%pkey'"""


@pytest.fixture
def ten_thousand_samples() -> None:
    read("tot_game24/io_100.json")
    with connection.cursor() as cursor:
        cursor.execute(LOOKED_WHEN_EMPTY)
        cursor.execute(ENDS)


def sections() -> int:
    ids = frozenset(Project.objects.values_list("id", flat=True))
    scope = Scope(who=Viewer(project_ids=ids), filters=RunFilters())
    return max(section.read(scope).n for section in SECTIONS.values())


def judged_runs() -> int:
    return len(read_judged_runs(who=viewer(), filters=RunFilters(), judge=None).runs)


def frontier() -> int:
    shown = get_frontier(who=viewer(), filters=RunFilters(), asked=FrontierAsked())
    return max(point.runs for point in shown.points)


def verifiers() -> int:
    (found,) = list_verifiers(who=viewer(), filters=RunFilters()).items
    return found.runs


def verifier() -> int:
    return get_verifier(who=viewer(), asked=ASKED, filters=RunFilters()).runs


def judged_nodes() -> int:
    page = list_judged_nodes(
        who=viewer(), asked=ASKED, which=NodeCell(), filters=RunFilters(), limit=100
    )
    return sum(node.name is not None or node.ordinal is not None for node in page.items)


PAGES: list[Callable[[], int]] = [
    sections,
    judged_runs,
    frontier,
    verifiers,
    verifier,
    judged_nodes,
]


@pytest.mark.usefixtures("ten_thousand_samples")
def test_no_page_joins_them_row_by_row() -> None:
    counted = {page.__name__: alone(page) for page in PAGES}
    assert counted == {page.__name__: 100 for page in PAGES}


def alone(page: Callable[[], int]) -> int:
    """What it counts. What one page has the planner leave would hold for those after it, in one transaction."""
    with transaction.atomic():
        count = page()
        transaction.set_rollback(True)
    return count
