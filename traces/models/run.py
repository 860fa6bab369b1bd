"""The table of runs: one deliberation a row, with its sums and the frontier of its ledger."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from deliberation.vocabulary import (
    TERMINAL_STATES,
    DesiredState,
    ObservedState,
    Strategy,
    StrategySource,
)
from traces.models.access import Project
from traces.models.run_keys import COST_KEY, DISCARDED_KEY, DURATION_KEY, STARTED_KEY

FINAL = tuple(sorted(state.value for state in TERMINAL_STATES))
NOT_OVER = ~models.Q(observed_state__in=FINAL)
FOREIGN = "bundle"
"""The source of a run that came in a bundle from another installation: nothing is ever added to its ledger here."""
WORKING_STATES = (ObservedState.STARTING.value, ObservedState.RUNNING.value)
"""In which a run says something now and then. One that is queued or held may be silent for as long as it likes."""
LIMITED = ~models.Q(budgets={}) & ~models.Q(observed_state__in=FINAL) & ~models.Q(source="import")
"""The runs whose limits still matter. What a file tells of happened long ago."""


class Run(models.Model):
    """A run. All but identity, `frontier` and `heard_at` is projected from its ledger; sums are of its nodes.

    Times are ns since 1970 and the source's claim; tokens are counts; cost is in US dollars and null when no call
    of the run has a known cost. Rows are locked, in the order of their ids, by whoever appends to the ledger.
    """

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="runs")
    trace_id = models.TextField(null=True)
    source = models.TextField()

    size = models.BigIntegerField(
        db_default=0, help_text="Entries in the ledger; the last seq plus one"
    )
    frontier = models.BinaryField(
        db_default=b"", help_text="Roots of the perfect subtrees, 32 bytes each"
    )
    heard_at = models.DateTimeField(null=True, help_text="When its last entry was recorded")

    name = models.TextField(null=True)
    task = models.TextField(null=True)
    strategy = models.TextField(
        db_default=Strategy.UNKNOWN.value, help_text="What the strongest of its sources says"
    )
    strategy_source = models.TextField(db_default=StrategySource.INFERRED.value)
    strategy_stated = models.TextField(null=True)
    strategy_set = models.TextField(null=True, help_text="What a person said it is")
    strategy_set_by = models.TextField(null=True)
    strategy_set_ns = models.BigIntegerField(null=True)
    strategy_set_reason = models.TextField(null=True, help_text="At most 2,000 characters")
    effort = models.TextField(null=True)
    tier = models.TextField(null=True)
    high_compute = models.BooleanField(null=True)
    model_names = ArrayField(models.TextField(), db_default=[])
    tags = ArrayField(models.TextField(), db_default=[])
    tags_off = ArrayField(
        models.TextField(),
        db_default=[],
        help_text="Those that people took off: the program does not bring them back",
    )
    budgets = models.JSONField(
        db_default=models.Value({}, models.JSONField()),
        help_text="By dimension; see traces.analytics.budget_line",
    )
    session_id = models.TextField(null=True)
    session_ns = models.BigIntegerField(
        null=True, help_text="When what names the session began; the first one stands"
    )
    is_session_stated = models.BooleanField(
        db_default=False, help_text="The run itself names its session, not one of its nodes"
    )
    replay_of = models.TextField(null=True)
    replay_mode = models.TextField(null=True, help_text="How it replays that run")
    replay_job = models.TextField(null=True, help_text="The replay that asked for it")
    from_node = models.TextField(null=True, help_text="Of that run: where a fork is live from")
    entry_point = models.TextField(null=True, help_text="What it can be begun again by")
    entry_version = models.TextField(null=True)
    code_digest = models.TextField(null=True, help_text="Of the entry point's source files")
    program_seq = models.BigIntegerField(
        null=True, help_text="The entry that states the entry point, with its parameters"
    )
    desired_state = models.TextField(db_default=DesiredState.RUN.value)
    observed_state = models.TextField(db_default=ObservedState.RUNNING.value)
    control_seq = models.BigIntegerField(
        db_default=0, help_text="The last entry that a runner must hear of"
    )
    attempt = models.BigIntegerField(db_default=0, help_text="The highest attempt that attached")
    end_seq = models.BigIntegerField(
        null=True, help_text="The entry in which the program told its end"
    )
    started_ns = models.BigIntegerField(null=True)
    ended_ns = models.BigIntegerField(null=True)
    end_inferred = models.BooleanField(
        db_default=False, help_text="No end was reported; nothing more is heard of it"
    )
    answer = models.TextField(
        null=True, help_text="At most 2,000 characters; the whole is in the ledger"
    )
    answer_seq = models.BigIntegerField(null=True)
    stated_confidence = models.FloatField(null=True)
    stop_reason = models.TextField(null=True)
    error = models.TextField(null=True)
    selected_node = models.TextField(null=True)
    runner_up_node = models.TextField(null=True)
    rule = models.TextField(null=True)
    margin = models.FloatField(null=True)
    margin_unit = models.TextField(null=True)
    tie_break = models.TextField(null=True, help_text="How a tie was broken")

    nodes = models.BigIntegerField(db_default=0)
    orphans = models.BigIntegerField(db_default=0)
    model_calls = models.BigIntegerField(db_default=0)
    unpriced_calls = models.BigIntegerField(db_default=0)
    tool_calls = models.BigIntegerField(db_default=0)
    candidates = models.BigIntegerField(db_default=0)
    verdicts = models.BigIntegerField(db_default=0)
    discarded = models.BigIntegerField(db_default=0)
    selected = models.BigIntegerField(db_default=0)
    kept = models.BigIntegerField(db_default=0)
    failed = models.BigIntegerField(db_default=0)
    errors = models.BigIntegerField(db_default=0)
    missing_events = models.BigIntegerField(
        db_default=0, help_text="Events a producer says it dropped"
    )
    input_tokens = models.BigIntegerField(null=True)
    cache_read_tokens = models.BigIntegerField(null=True)
    cache_write_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    reasoning_tokens = models.BigIntegerField(null=True)
    cost = models.DecimalField(null=True, max_digits=40, decimal_places=18)
    stated = ArrayField(
        models.BigIntegerField(),
        db_default=[],
        help_text="How many counted nodes state each of the sums above, in their order",
    )
    signs = ArrayField(
        models.BigIntegerField(),
        db_default=[],
        help_text="How many nodes bear each of traces.analytics.signs, in their order",
    )
    cost_provenance = models.TextField(null=True, help_text="The weakest of its parts")
    price_table = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "trace_id"], name="a_trace_is_one_run_of_its_project"
            )
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="runs_newest_first"),
            *(
                models.Index("project", key.desc(), models.F("id").desc(), name=name)
                for name, key in (
                    ("runs_by_cost", COST_KEY),
                    ("runs_by_duration", DURATION_KEY),
                    ("runs_by_discarded", DISCARDED_KEY),
                    ("runs_by_start", STARTED_KEY),
                )
            ),
            models.Index(
                fields=["id"], name="attached_runs", condition=models.Q(attempt__gt=0) & NOT_OVER
            ),
            models.Index(fields=["project", "-id"], name="runs_not_over", condition=NOT_OVER),
            models.Index(
                fields=["project", "session_id", "id"],
                name="runs_of_a_session",
                condition=models.Q(session_id__isnull=False),
            ),
            models.Index(fields=["id"], name="limited_runs", condition=LIMITED),
            # Few at any time: the sweep for quiet runs looks at these alone. `heard_at` is in no index, so that a
            # pass over a run changes no index either.
            models.Index(
                fields=["id"],
                name="runs_at_work",
                condition=models.Q(observed_state__in=WORKING_STATES),
            ),
        ]
