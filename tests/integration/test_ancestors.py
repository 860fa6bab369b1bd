"""Nodes above those of a pass are looked up by key, however many nodes are stored."""

from __future__ import annotations

import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.build import make_project, new_run, put_on_record, started
from traces.projection.carried import Carried
from traces.projection.reach import Reach

DEEP = 9


def load_above() -> tuple[Reach, str]:
    """Store a chain, look up what is above its last node, and return that with the statement that found it."""
    run = new_run()
    chain = [
        started(run, f"n{level}", parent=f"n{level - 1}" if level else None)
        for level in range(DEEP)
    ]
    put_on_record(make_project(), *chain)
    reach = Reach(runs={})
    with CaptureQueriesContext(connection) as asked:
        reach.load_ancestors([((uuid.UUID(run), f"n{DEEP - 1}"), Carried(call=True, usage=True))])
    return reach, asked.captured_queries[0]["sql"]


def test_it_works() -> None:
    reach, _ = load_above()
    assert {node_id for _, node_id in reach.nodes} == {f"n{level}" for level in range(DEEP)}


def test_each_step_up_is_a_look_by_key_whatever_the_planner_believes() -> None:
    """It takes seven hundred nodes for ten thousand, and would read those of all runs for each step."""
    _, statement = load_above()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = [line.strip() for (line,) in cursor.fetchall()]
    step = next(at for at, line in enumerate(plan) if "WorkTable Scan" in line)
    assert any("Nested Loop" in line for line in plan[step - 2 : step]), "\n".join(plan)
