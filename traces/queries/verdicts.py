"""What verifiers said."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from deliberation.vocabulary import ActorKind, VerifierKind
from traces.models import Verdict
from traces.queries.access import NotVisible, Who, see_run


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """One judgement; `seq` is its ledger entry. `rationale` has at most 200 characters.

    `inferred` names what no source stated, but was concluded (traces.queries.judges).
    """

    seq: int
    verdict_id: str | None
    node_id: str
    by_node: str | None
    given_ns: int | None
    verifier: str
    version: str | None
    verifier_kind: str | None
    outcome: str
    label: str | None
    score: float | None
    score_min: float | None
    score_max: float | None
    threshold: float | None
    independence: str | None
    saw_reference: bool | None
    checks_total: int | None
    checks_passed: int | None
    cost: Decimal | None
    rationale: str | None
    told_in: str | None
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPage:
    """Some verdicts, newest first, and the cursor of the next page, if any."""

    items: list[VerdictRow]
    next: str | None


COLUMNS = tuple(name for name in VerdictRow.__slots__ if name != "inferred")
AT_MOST = 100
HUMAN = VerifierKind.HUMAN.value
PERSON = f"{ActorKind.USER.value}:"
"""Begins the names of those who are signed in."""
BY_TIME = (F("given_ns").asc(nulls_first=True), "verifier", "outcome", "seq")
"""Not by arrival, which may be any."""


def list_verdicts(
    *, who: Who, run_id: str | uuid.UUID, cursor: str | None = None, limit: int = 100
) -> VerdictPage:
    """Return the verdicts of a run, newest first. Raises NotVisible."""
    run = see_run(who, run_id)
    found = Verdict.objects.filter(run_id=run.id).order_by("-seq")
    if cursor is not None:
        found = found.filter(seq__lt=as_seq(cursor))
    rows = [VerdictRow(**values) for values in found.values(*COLUMNS)[: limit + 1]]
    has_more = len(rows) > limit
    return VerdictPage(items=rows[:limit], next=str(rows[limit - 1].seq) if has_more else None)


def verdicts_on(
    run_id: uuid.UUID, node_ids: Collection[str], *, until: int | None = None
) -> dict[str, list[VerdictRow]]:
    """Return node id → its verdicts up to an entry, by when they were given. The caller has checked the run."""
    by_node: defaultdict[str, list[VerdictRow]] = defaultdict(list)
    found = Verdict.objects.filter(run_id=run_id, node_id__in=list(node_ids)).order_by(*BY_TIME)
    if until is not None:
        found = found.filter(seq__lte=until)
    for values in found.values(*COLUMNS):
        by_node[values["node_id"]].append(VerdictRow(**values))
    return by_node


def verdicts_by(run_id: uuid.UUID, node_id: str) -> list[VerdictRow]:
    """Return what was said of other nodes by the check that a node is. The caller has checked the run."""
    found = Verdict.objects.filter(run_id=run_id, by_node=node_id).exclude(node_id=node_id)
    return [VerdictRow(**values) for values in found.order_by(*BY_TIME).values(*COLUMNS)[:AT_MOST]]


def latest_of_people(rows: list[VerdictRow]) -> list[VerdictRow]:
    """Return verdicts without sign-offs that the same person has replaced: a row has room for what stands."""
    signed = (row for row in rows if row.verifier_kind == HUMAN and row.verifier.startswith(PERSON))
    last = {row.verifier: row.seq for row in signed}
    return [row for row in rows if last.get(row.verifier, row.seq) == row.seq]


def as_seq(cursor: str) -> int:
    """Return the seq that a cursor is. Raises NotVisible for anything that is none."""
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18):
        raise NotVisible
    return int(cursor)
