"""What the server knows of a run beside its ledger, in the words of the disclosure."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode

from deliberation.bundle.note import read_checkpoint
from deliberation.bundle.verdict import Refusal
from deliberation.disclosure.gathering import Gathered
from deliberation.disclosure.surroundings import Surroundings
from deliberation.disclosure.words import plain
from deliberation.ledger.head import split_frontier
from deliberation.ledger.tree import root_of
from traces.models import (
    ApiKey,
    Bundle,
    LedgerCheck,
    Membership,
    ProjectHold,
    Resource,
    RetentionPolicy,
    RoleChange,
    Run,
)
from traces.models.access import Role
from traces.queries.access_log import viewers_of
from traces.queries.checkpoints import find_last
from traces.queries.ledger_checks import last_check

RESOURCES_SHOWN = 100
CHANGES_SHOWN = 100
TOKENS = ("input", "cache_read", "cache_write", "output", "reasoning")


def read_surroundings(run: Run, told: Gathered) -> Surroundings:
    """Return them for a run that the caller may see."""
    found = Resource.objects.filter(run_id=run.id)
    amounts = [(name, getattr(run, f"{name}_tokens")) for name in TOKENS]
    ended, began = run.ended_ns, run.started_ns
    signed = find_last(run.id)
    return Surroundings(
        cost=None if run.cost is None else f"{run.cost.normalize():f}",
        cost_provenance=run.cost_provenance,
        price_table=run.price_table,
        tokens=[(name, amount) for name, amount in amounts if amount is not None],
        seconds=None if ended is None or began is None else (ended - began) / 1e9,
        resources=list(found.order_by("seq").values_list("name", "seq")[:RESOURCES_SHOWN]),
        resource_count=found.count(),
        viewers=viewers_of(run.id),
        exports=_exports(run),
        owners=_owners(run),
        changes=_changes(run, told),
        root=b64encode(root_of(split_frontier(bytes(run.frontier)))).decode(),
        signed_size=None if signed is None else signed.size,
        signed_by=None if signed is None else _signers(signed.note),
        last_check=_checked(last_check()),
        policy=_policy(run),
    )


def _checked(check: LedgerCheck | None) -> str:
    if check is None or check.ended_at is None:
        return "never checked here"
    return f"last checked {check.ended_at.isoformat()}"


def _signers(note: str) -> str:
    try:
        return ", ".join(
            f"{each.name}+{each.id.hex()}" for each in read_checkpoint(note).signatures
        )
    except Refusal:
        return "a note that cannot be read"


def _exports(run: Run) -> list[str]:
    rows = Bundle.objects.filter(run_id=run.id).order_by("asked_ns").values_list("by", "status")
    return [f"{by} ({status})" for by, status in rows[:CHANGES_SHOWN]]


def _owners(run: Run) -> list[str]:
    owners = Membership.objects.filter(project_id=run.project_id, role=Role.OWNER)
    return sorted(f"user:{each.user.get_username()}" for each in owners.select_related("user"))


def _changes(run: Run, told: Gathered) -> list[str]:
    opened = told.said("run.opened")
    since = dt.datetime.fromtimestamp(opened[0].received / 1e9 if opened else 0, dt.UTC)
    of_project = {"project_id": run.project_id}
    roles = RoleChange.objects.filter(**of_project, at__gte=since).order_by("at")[:CHANGES_SHOWN]
    keys = ApiKey.objects.filter(**of_project, created_at__gte=since)[:CHANGES_SHOWN]
    policies = RetentionPolicy.objects.filter(**of_project, made_at__gte=since)[:CHANGES_SHOWN]
    return [
        *(f"{each.by} made {each.person} {each.role or 'nobody'}" for each in roles),
        *(f"{each.created_by or 'somebody'} made the key {each.prefix}…" for each in keys),
        *(f"{each.by} set retention to version {each.version}" for each in policies),
    ]


def _policy(run: Run) -> str:
    policy = RetentionPolicy.objects.filter(project_id=run.project_id).order_by("-version").first()
    held = ProjectHold.objects.filter(project_id=run.project_id, lifted_at=None).count()
    words = "Kept for ever: no policy deletes anything."
    if policy is not None:
        texts, runs = _days(policy.content_days), _days(policy.run_days)
        words = f"Texts are kept {texts}, runs {runs} (version {policy.version}, by {plain(policy.by)})."
    return f"{words} The project is held." if held else words


def _days(days: int | None) -> str:
    return "for ever" if days is None else f"{days} days"
