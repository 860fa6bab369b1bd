"""What runs by the clock, and how often: seconds, or times of the night in UTC."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

BEAT: dict[str, dict[str, Any]] = {
    # A lost doorbell costs at most this long; `expires` keeps a stopped worker's queue short.
    "ingest.sweep": {"task": "ingest.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "ingest.read_imports": {
        "task": "ingest.read_imports",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "ingest.export_bundles": {
        "task": "ingest.export_bundles",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "ingest.remove_bundles": {"task": "ingest.remove_bundles", "schedule": 3600.0},
    "ingest.remove_abandoned_uploads": {
        "task": "ingest.remove_abandoned_uploads",
        "schedule": 3600.0,
    },
    "ingest.end_quiet_runs": {
        "task": "ingest.end_quiet_runs",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "ingest.place_verdicts": {
        "task": "ingest.place_verdicts",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "traces.sweep_leases": {
        "task": "traces.sweep_leases",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "traces.escalate_commands": {
        "task": "traces.escalate_commands",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "traces.enforce_budgets": {
        "task": "traces.enforce_budgets",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "traces.expire_approvals": {
        "task": "traces.expire_approvals",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "traces.sweep_replays": {
        "task": "traces.sweep_replays",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "traces.judge_replays": {
        "task": "traces.judge_replays",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "traces.deliver_webhooks": {
        "task": "traces.deliver_webhooks",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "traces.seal": {"task": "traces.seal", "schedule": 1.0, "options": {"expires": 2}},
    "traces.stamp": {"task": "traces.stamp", "schedule": 30.0, "options": {"expires": 30}},
    "traces.forget_deliveries": {"task": "traces.forget_deliveries", "schedule": 3600.0},
    "traces.start_ledger_check": {
        "task": "traces.start_ledger_check",
        "schedule": crontab(hour=2, minute=30),
    },
    "traces.continue_ledger_check": {
        "task": "traces.continue_ledger_check",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    # Somebody waits for it: on a machine that is late with everything it is late too, and not left out.
    "traces.check_runs": {"task": "traces.check_runs", "schedule": 2.0, "options": {"expires": 20}},
    "traces.apply_retention": {
        "task": "traces.apply_retention",
        "schedule": crontab(minute="*", hour="3-5"),
        "options": {"expires": 60},
    },
    "traces.forget_accesses": {
        "task": "traces.forget_accesses",
        "schedule": crontab(hour=2, minute=15),
    },
    "traces.make_partitions": {"task": "traces.make_partitions", "schedule": 3600.0},
}
