"""The table of exports: who asked for a bundle of which run, how far it is, and where it lies until it expires."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project


class BundleStatus(models.TextChoices):
    """How far an export is."""

    WAITING = "waiting", "nobody writes it yet"
    WRITING = "writing", "a worker writes it, or did until it died"
    READY = "ready", "it can be downloaded"
    FAILED = "failed", "no bundle came of it"
    CANCELLED = "cancelled", "a person ended it"
    EXPIRED = "expired", "its file was deleted, as it was said"


UNFINISHED = (BundleStatus.WAITING.value, BundleStatus.WRITING.value)


class Bundle(models.Model):
    """One export of one run. `file`, its name in the storage, comes with `ready`: no half file is ever seen.

    A worker claims a row by writing `token` and `claimed_until`, and renews the claim while it writes. One that died
    leaves it to be written again, from the beginning. Times in ns since 1970 by the server's clock.
    """

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="bundles")
    run_id = models.UUIDField()
    by = models.TextField(help_text="user:name, key:prefix or server")
    options = models.JSONField(help_text="What is withheld, and whether there are derived files")
    asked_ns = models.BigIntegerField()

    status = models.TextField(choices=BundleStatus.choices, default=BundleStatus.WAITING)
    attempts = models.SmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    entries = models.BigIntegerField(null=True, help_text="How many the run had when writing began")
    entries_done = models.BigIntegerField(default=0)

    ended_ns = models.BigIntegerField(null=True)
    ended_by = models.TextField(null=True, help_text="Who cancelled it")
    error = models.TextField(null=True, help_text="Why no bundle came of it")
    file = models.TextField(null=True)
    size = models.BigIntegerField(null=True, help_text="Bytes of the zip")
    identity = models.TextField(null=True, help_text="SHA-256 of the tag manifest, as hex")
    root = models.TextField(null=True, help_text="Of its entries, in base64")
    parts = models.JSONField(null=True, help_text="How many are shown, withheld and gone")
    signed_by = models.TextField(null=True, help_text="<key name>+<key id>; null: not signed")
    expires_ns = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["run_id", "-asked_ns"], name="bundles_of_a_run"),
            models.Index(fields=["project", "-asked_ns"], name="bundles_newest_first"),
            models.Index(
                fields=["asked_ns"],
                name="bundles_to_be_written",
                condition=models.Q(status__in=UNFINISHED),
            ),
            models.Index(
                fields=["expires_ns"],
                name="bundles_that_expire",
                condition=models.Q(status=BundleStatus.READY.value),
            ),
        ]
