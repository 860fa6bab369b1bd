"""The table of what people said of runs: notes, tags, ratings, sign-offs."""

from __future__ import annotations

from django.db import models

NOTE, TAGS, RATING, SIGN_OFF = "note", "tags", "rating", "sign_off"
KINDS = (NOTE, TAGS, RATING, SIGN_OFF)
STANDING = models.Q(superseded_seq__isnull=True, withdrawn_ns__isnull=True)
"""Neither withdrawn nor replaced by a later word of the same person."""


class Remark(models.Model):
    """One thing that a person said; `seq` is its ledger entry. Projected from its run's ledger.

    `thread` is the seq of the note that a reply belongs to, else its own. Of a note `said_id` is its id, of a sign-off
    that one's. `value` is the word of a rating or a sign-off, and null where a rating was taken back.
    """

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    changed_seq = models.BigIntegerField(help_text="The entry that last changed the row")
    kind = models.TextField()
    said_id = models.TextField(null=True)
    node_id = models.TextField(null=True, help_text="Null: of the run")
    thread = models.BigIntegerField()
    reply_to = models.TextField(null=True)
    by = models.TextField()
    said_ns = models.BigIntegerField(null=True)
    text = models.TextField(null=True, help_text="Null once withdrawn or redacted")
    value = models.TextField(null=True)
    added = models.TextField(null=True, help_text="Tags, as a list in JSON")
    removed = models.TextField(null=True, help_text="Tags, as a list in JSON")
    seen_size = models.BigIntegerField(null=True)
    seen_root = models.TextField(null=True, help_text="Base64")
    answer_seq = models.BigIntegerField(null=True)
    revised_ns = models.BigIntegerField(null=True)
    revisions = models.BigIntegerField()
    withdrawn_ns = models.BigIntegerField(null=True)
    withdrawn_by = models.TextField(null=True)
    superseded_seq = models.BigIntegerField(
        null=True, help_text="The later word of the same person"
    )

    class Meta:
        indexes = [
            models.Index(fields=["run_id", "thread"], name="remarks_of_a_thread"),
            models.Index(
                fields=["run_id", "said_id"],
                name="remarks_by_id",
                condition=models.Q(said_id__isnull=False),
            ),
            models.Index(
                fields=["run_id", "node_id"],
                name="remarks_on_nodes",
                condition=models.Q(node_id__isnull=False),
            ),
            models.Index(
                fields=["run_id"],
                name="current_sign_offs",
                condition=STANDING & models.Q(kind=SIGN_OFF),
            ),
        ]
