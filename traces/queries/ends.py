"""When the nodes of a run ended: in no column of its tree, for few ask."""

from __future__ import annotations

import uuid

from django.db import connection


def read_ends(run_id: uuid.UUID) -> dict[int, int]:
    """Return ordinal → ns since 1970 of the nodes that tell their end. The caller has checked the run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ordinal, ended_ns FROM traces_node WHERE run_id = %s AND ended_ns IS NOT NULL",
            [run_id],
        )
        return dict(cursor.fetchall())
