"""Partitions come ahead of time, also when a producer's clock was there first."""

from __future__ import annotations

import datetime as dt
import random
import uuid

import pytest
from django.db import connection

from deliberation.ids import make_run_id
from tests.integration.build import make_project, observed, put_on_record
from traces.actions.make_partitions import TABLES, make_partitions
from traces.actions.rebuild import rebuild
from traces.models import LedgerEntry, Node

pytestmark = pytest.mark.django_db
FAR = dt.datetime(2031, 5, 7, tzinfo=dt.UTC)


def partition_of(run: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM traces_node WHERE run_id = %s", [run])
        return str(cursor.fetchone()[0])


def test_a_run_from_the_future_moves_into_its_month_when_that_comes() -> None:
    run = make_run_id(int(FAR.timestamp()) * 10**9, random.Random(5).randbytes)
    later = make_run_id(int(FAR.timestamp() + 40 * 86_400) * 10**9, random.Random(6).randbytes)
    project = make_project()
    put_on_record(project, observed(run, "a", output="x" * 10_000), observed(later, "z"))
    assert partition_of(run) == "traces_node_other"

    made = make_partitions(today=dt.date(2031, 5, 1))
    assert len(made) == 4 * len(TABLES)
    assert make_partitions(today=dt.date(2031, 5, 9)) == []
    assert (partition_of(run), partition_of(later)) == (
        "traces_node_2031_05",
        "traces_node_2031_06",
    )
    put_on_record(project, observed(run, "b", parent="a"))
    assert rebuild(run_id=uuid.UUID(run)) == 3
    assert (Node.objects.filter(run_id=run).count(), LedgerEntry.objects.count()) == (2, 5)


def test_a_partition_made_of_strays_is_like_any_other() -> None:
    run = make_run_id(int(FAR.timestamp()) * 10**9, random.Random(7).randbytes)
    put_on_record(make_project(), observed(run, "a"))
    make_partitions(today=dt.date(2031, 5, 1))
    with connection.cursor() as cursor:
        for table in TABLES:
            kinds = []
            for month in ("2031_05", "2031_06"):
                cursor.execute(
                    "SELECT reloptions::text, (SELECT array_agg(indkey::text || indisunique ORDER BY 1) "
                    "FROM pg_index WHERE indrelid = c.oid)::text, "
                    "(SELECT array_agg(attname || attstorage::text || attnotnull ORDER BY attnum) "
                    "FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0)::text "
                    "FROM pg_class c WHERE relname = %s",
                    [f"{table}_{month}"],
                )
                kinds.append(cursor.fetchone())
            assert kinds[0] == kinds[1]
