"""The table of leases: which process holds a run, and since when it was last heard."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """What the holder of a run said with its last heartbeat. Not in the ledger: losing it makes a run `lost`, no more.

    Times are ns since 1970 by the database's clock, so that hosts whose clocks differ agree on what has run out.
    Which attempt is the highest is known from the ledger as well, so that a lost lease lifts no fence.
    """

    run_id = models.UUIDField(primary_key=True)
    attempt = models.BigIntegerField()
    holder = models.TextField()
    killable = models.BooleanField(help_text="A supervisor that owns the process holds it")
    state = models.TextField(help_text="The state that the holder last said")
    in_call = models.BooleanField(help_text="In a call that cannot be cut")
    spent = models.JSONField(help_text="By dimension, as decimal strings")
    reserved = models.JSONField(help_text="By dimension, as decimal strings")
    heartbeat_ns = models.BigIntegerField()
    expires_ns = models.BigIntegerField()
    lost_ns = models.BigIntegerField(null=True, help_text="When its run was found lost")

    class Meta:
        indexes = [models.Index(fields=["expires_ns"], name="leases_by_end")]
