"""The table of runs that came in a bundle from another installation: where from, and what was signed of them there."""

from __future__ import annotations

from django.db import models


class ForeignRun(models.Model):
    """One run that was imported from a bundle. Its entries lie in the ledger as they came; nothing is added to them.

    `notes`, `leaf`, `proof` and `anchors` are the bundle's own, untouched: exported again, the run has them with it.
    """

    run_id = models.UUIDField(primary_key=True)
    instance = models.TextField(null=True, help_text="What its checkpoints say; null: it has none")
    identity = models.TextField(help_text="Of the bundle: SHA-256 of its tag manifest, as hex")
    verdict = models.TextField(help_text="VERIFIED, SIGNED or UNPINNED, when it was imported")
    report = models.JSONField(help_text="The verifier's, whole")
    notes = models.TextField()
    leaf = models.BinaryField()
    proof = models.TextField()
    anchors = models.JSONField(
        db_default=[],
        help_text="Its time stamps: size, leaf, proof, response, in base64 where bytes",
    )
    imported_ns = models.BigIntegerField()
    by = models.TextField(help_text="user:name, key:prefix or server")
