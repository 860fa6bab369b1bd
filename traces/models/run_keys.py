"""What lists of runs are sorted by: one expression for the index and for the query, or the index answers nothing.

Unknown is -1, so that it comes last and a row of (value, id) can be compared at once. The keywords stand in the order
of the alphabet, as a migration writes them: in another they would be told as a change.
"""

from __future__ import annotations

from django.db.models import BigIntegerField, DecimalField, F, FloatField, Func

COST_KEY = Func(
    F("cost"),
    template="COALESCE(%(expressions)s, -1)",
    output_field=DecimalField(max_digits=40, decimal_places=18),
)
DURATION_KEY = Func(
    F("ended_ns"),
    F("started_ns"),
    arg_joiner=" - ",
    # Not GREATEST(…, 0): Postgres leaves a null out there, and what is unknown would have taken no time.
    template="CASE WHEN %(expressions)s < 0 THEN 0 ELSE COALESCE(%(expressions)s, -1) END",
    output_field=BigIntegerField(),
)
DISCARDED_KEY = Func(
    F("discarded"),
    F("nodes"),
    arg_joiner="::float8 / NULLIF(",
    template="COALESCE(%(expressions)s, 0), -1)",
    output_field=FloatField(),
)
STARTED_KEY = Func(
    F("started_ns"),
    template="COALESCE(%(expressions)s, -1)",
    output_field=BigIntegerField(),
)
