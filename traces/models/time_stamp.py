"""Time stamps of the instance's checkpoints, and how the asking for them goes."""

from __future__ import annotations

from django.db import models

from traces.models.checkpoint import Checkpoint


class TimeStamp(models.Model):
    """What an authority said of a checkpoint of the instance: evidence, never changed and never removed."""

    checkpoint = models.OneToOneField(Checkpoint, on_delete=models.PROTECT)
    stamped_at = models.DateTimeField(help_text="In the authority's word")
    authority = models.TextField(help_text="The subject of the certificate that signed")
    response = models.BinaryField(help_text="RFC 3161 TimeStampResp, in DER")


class Stamping(models.Model):
    """One row: whether the last time of asking went well, and when the next one may be."""

    ONLY = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY)
    failures = models.IntegerField(db_default=0, help_text="One after the other, up to now")
    due_at = models.DateTimeField(null=True, help_text="After a failure: not before then")
    trouble = models.TextField(null=True, help_text="Why nothing is stamped at present")
    trouble_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_stamping")
        ]
