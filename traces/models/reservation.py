"""The tables of runs that several processes spend from: what each has reserved, and what all of them have settled.

Not in the ledger: what was spent stands there as the calls that it was spent on. Losing these tables loses the count of
what is spent side by side right now, no more.
"""

from __future__ import annotations

from django.db import models


class SharedSpend(models.Model):
    """What the processes of a run have settled. The row is the lock under which they reserve; workers hold the run's.

    Made by the first reservation: a run that has none is not shared.
    """

    run_id = models.UUIDField(primary_key=True)
    spent = models.JSONField(help_text="By dimension, as decimal strings")


class Reservation(models.Model):
    """What one step of one process may spend, kept aside until it is settled or nothing is heard of the process.

    Times in ns since 1970 by the database's clock.
    """

    pk = models.CompositePrimaryKey("run_id", "reservation_id")
    run_id = models.UUIDField()
    reservation_id = models.TextField(help_text="The process's own name for it")
    holder = models.TextField()
    amounts = models.JSONField(help_text="By dimension, as decimal strings")
    heard_ns = models.BigIntegerField(help_text="When its holder was last heard of")
    settled_ns = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run_id"],
                name="open_reservations",
                condition=models.Q(settled_ns=None),
            ),
        ]
