"""The table of nodes: skinny rows, partitioned by month of the run id."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from deliberation.vocabulary import Fate, NodeKind, NodeStatus


class Node(models.Model):
    """One thing thought, tried or done. Texts are previews; the whole stands in the ledger's parts.

    `ordinal` is the seq of the first entry that names the node: its stable number. `changed_seq` is the last seq
    that changed the row, its parent's arrival included. `parent_id` is what the source said and has no foreign key:
    a parent may arrive later or never; `parent_ordinal` is null until it is here.
    """

    pk = models.CompositePrimaryKey("run_id", "node_id")
    run_id = models.UUIDField()
    node_id = models.TextField()
    ordinal = models.BigIntegerField()
    changed_seq = models.BigIntegerField()
    entries = ArrayField(models.BigIntegerField(), help_text="The seqs that speak of this node")
    parent_id = models.TextField(null=True)
    parent_ordinal = models.BigIntegerField(null=True)

    kind = models.TextField(default=NodeKind.STEP.value)
    name = models.TextField(null=True)
    status = models.TextField(default=NodeStatus.UNKNOWN.value)
    started_ns = models.BigIntegerField(null=True)
    ended_ns = models.BigIntegerField(null=True)
    preview = models.TextField(null=True)
    error = models.TextField(null=True)
    text_visibility = models.TextField(null=True)
    contradicted = models.BooleanField(default=False, help_text="Two reports disagree on a fact")

    fate = models.TextField(default=Fate.OPEN.value)
    fate_at = models.BigIntegerField(null=True)
    fate_reason = models.TextField(null=True)
    fate_by = models.TextField(null=True)
    fate_value = models.FloatField(null=True)
    fate_cutoff = models.FloatField(null=True)
    fate_rank = models.BigIntegerField(null=True)
    fate_votes = models.BigIntegerField(null=True)
    fate_verdict = models.TextField(null=True)
    wrongly_discarded = models.BooleanField(null=True)

    value = models.FloatField(null=True)
    value_min = models.FloatField(null=True)
    value_max = models.FloatField(null=True)
    scorer = models.TextField(null=True)
    visits = models.BigIntegerField(null=True)
    prior = models.FloatField(null=True)
    rank = models.BigIntegerField(null=True)
    depth = models.BigIntegerField(null=True)
    answer = models.TextField(null=True)
    cluster = models.TextField(null=True)
    is_candidate = models.BooleanField(default=False)
    verdict = models.TextField(null=True, help_text="The outcome of the latest verdict on it")
    verdict_at = models.BigIntegerField(null=True, help_text="When that was, by its source")

    model = models.TextField(null=True)
    provider = models.TextField(null=True)
    tool = models.TextField(null=True)
    input_tokens = models.BigIntegerField(null=True)
    cache_read_tokens = models.BigIntegerField(null=True)
    cache_write_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    reasoning_tokens = models.BigIntegerField(null=True)
    reasoning_chars = models.BigIntegerField(
        null=True, help_text="Of reasoning that can be read; the longest report of it"
    )
    cost = models.DecimalField(null=True, max_digits=40, decimal_places=18)
    cost_provenance = models.TextField(null=True)
    cost_basis = models.TextField(null=True)
    price_table = models.TextField(null=True)

    begun_seq = models.BigIntegerField(
        null=True,
        help_text="The first entry that reports the node itself, where its run can be replayed",
    )
    call_key = models.TextField(null=True, help_text="Names the call, the same in each replay")
    call_sort = models.TextField(null=True)
    recorded_seq = models.BigIntegerField(
        null=True, help_text="The entry of the replayed run that answered the call"
    )

    response_id = models.TextField(null=True)
    instrumentation = models.TextField(null=True)
    calls_below = models.BooleanField(default=False, help_text="A call hangs under it")
    usage_below = models.BooleanField(default=False, help_text="Tokens are stated under it")
    twin_of = models.TextField(
        null=True, help_text="The call, as run:node, that counts for the same response"
    )
    aside = models.TextField(null=True, help_text="Why its own amounts are not added up")

    class Meta:
        indexes = [
            models.Index(
                fields=["run_id", "ordinal"],
                name="calls_of_a_run",
                condition=models.Q(call_key__isnull=False),
            ),
            models.Index(
                fields=["run_id"],
                name="nodes_set_aside",
                condition=models.Q(aside__isnull=False),
            ),
            models.Index(fields=["run_id", "changed_seq"], name="nodes_changed_since"),
            # Orphans are few at any time; the index lets an arriving parent find its children.
            models.Index(
                fields=["run_id", "parent_id"],
                name="orphans_by_parent",
                condition=models.Q(parent_id__isnull=False, parent_ordinal__isnull=True),
            ),
        ]
