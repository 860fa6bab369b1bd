"""What people said of a run: notes in threads, tags, ratings, sign-offs; newest first."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from deliberation.vocabulary import Rating
from traces.models import Node, Remark, Run
from traces.models.remark import NOTE, RATING, SIGN_OFF, STANDING
from traces.queries.access import NotVisible, Who, is_storable, see_run
from traces.queries.judged import NamedNode
from traces.queries.verdicts import as_seq

REPLIES_SHOWN = 50
SAME_NAMES = (
    "seq", "changed_seq", "kind", "said_id", "node_id", "thread", "reply_to", "by", "said_ns", "text", "value",
    "seen_size", "seen_root", "answer_seq", "revised_ns", "revisions", "withdrawn_ns", "withdrawn_by", "superseded_seq",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRow:
    """One thing that a person said; see `traces.models.Remark` for the columns.

    `node` is the node that it is about, None where it is about the run or about one that is not received.
    """

    seq: int
    changed_seq: int
    kind: str
    said_id: str | None
    node_id: str | None
    node: NamedNode | None
    thread: int
    reply_to: str | None
    by: str
    said_ns: int | None
    text: str | None
    value: str | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    seen_size: int | None
    seen_root: str | None
    answer_seq: int | None
    revised_ns: int | None
    revisions: int
    withdrawn_ns: int | None
    withdrawn_by: str | None
    superseded_seq: int | None

    @property
    def is_redacted(self) -> bool:
        """True for a note whose text was deleted from the ledger."""
        return self.kind == NOTE and self.text is None and self.withdrawn_ns is None

    @property
    def outcome(self) -> str | None:
        """Of a sign-off what was signed, as verdicts name it."""
        return self.value if self.kind == SIGN_OFF else None

    @property
    def number(self) -> int | None:
        """Of a rating its place on the scale, from 1 to 5."""
        return Rating(self.value).number if self.kind == RATING and self.value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What began it and the latest answers to it, oldest first; `earlier` answers come before those."""

    first: RemarkRow
    replies: Sequence[RemarkRow]
    earlier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    """Some threads, newest first, and the cursor of the next page, if any."""

    items: list[Thread]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkPage:
    """Some remarks, newest first, and the cursor of the next page, if any."""

    items: list[RemarkRow]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkFilter:
    """What remarks are narrowed by; None does not narrow."""

    node: str | None = None
    by: str | None = None
    kind: str | None = None
    thread: int | None = None


class Marks(NamedTuple):
    """How many notes stand on a node, and whether somebody signed the answer that it holds."""

    notes: int = 0
    is_signed: bool = False


NO_MARKS = Marks()


def list_threads(
    *, who: Who, run_id: str | uuid.UUID, filters: RemarkFilter, cursor: str | None, limit: int
) -> ThreadPage:
    """Return threads, newest first; one is among them when anything in it is let through. Raises NotVisible."""
    run = see_run(who, run_id)
    begun = Remark.objects.filter(run_id=run.pk, thread=F("seq")).order_by("-seq")
    if filters != RemarkFilter():
        begun = begun.filter(seq__in=_narrowed(run, filters).values("thread"))
    if cursor is not None:
        begun = begun.filter(seq__lt=as_seq(cursor))
    found = list(begun[: limit + 1])
    first = found[:limit]
    replies, totals = _replies(run, [each.seq for each in first])
    told = {row.seq: row for row in _rows(run, [*first, *replies])}
    of_thread: defaultdict[int, list[RemarkRow]] = defaultdict(list)
    for each in replies:
        of_thread[each.thread].append(told[each.seq])
    items = [
        Thread(
            first=told[each.seq],
            replies=of_thread[each.seq],
            earlier=totals.get(each.seq, 0) - len(of_thread[each.seq]),
        )
        for each in first
    ]
    return ThreadPage(items=items, next=str(first[-1].seq) if len(found) > limit else None)


def list_remarks(
    *, who: Who, run_id: str | uuid.UUID, filters: RemarkFilter, cursor: str | None, limit: int
) -> RemarkPage:
    """Return single remarks, newest first, answers among them. Raises NotVisible."""
    run = see_run(who, run_id)
    narrowed = _narrowed(run, filters).order_by("-seq")
    if cursor is not None:
        narrowed = narrowed.filter(seq__lt=as_seq(cursor))
    found = list(narrowed[: limit + 1])
    items = _rows(run, found[:limit])
    return RemarkPage(items=items, next=str(items[-1].seq) if len(found) > limit else None)


def get_remark(*, who: Who, run_id: str | uuid.UUID, seq: int) -> RemarkRow:
    """Return what was said in one entry. Raises NotVisible."""
    run = see_run(who, run_id)
    found = Remark.objects.filter(run_id=run.pk, seq=seq)
    for row in _rows(run, found):
        return row
    raise NotVisible


def get_note(*, who: Who, run_id: str | uuid.UUID, note_id: str) -> RemarkRow:
    """Return a note by its id. Raises NotVisible."""
    run = see_run(who, run_id)
    if not is_storable(note_id):
        raise NotVisible
    for row in _rows(run, Remark.objects.filter(run_id=run.pk, said_id=note_id, kind=NOTE)):
        return row
    raise NotVisible


def find_rating(*, who: Who, run_id: str | uuid.UUID, by: str, node_id: str | None) -> RemarkRow:
    """Return what somebody's rating of a run or a node says now. Raises NotVisible where they gave none."""
    run = see_run(who, run_id)
    given = Remark.objects.filter(run_id=run.pk, kind=RATING, by=by, node_id=node_id)
    for row in _rows(run, given.filter(superseded_seq=None)):
        return row
    raise NotVisible


def list_speakers(run_id: uuid.UUID) -> list[str]:
    """Return who said anything of a run that the caller has checked, by name."""
    found = Remark.objects.filter(run_id=run_id).values_list("by", flat=True)
    return list(found.distinct().order_by("by")[:100])


def read_marks(run_id: uuid.UUID, node_ids: Collection[str]) -> dict[str, Marks]:
    """Return node id → what people left on it, where they left anything. The caller has checked the run."""
    found = Remark.objects.filter(STANDING, run_id=run_id, node_id__in=list(node_ids))
    counted = found.filter(kind__in=(NOTE, SIGN_OFF)).values_list("node_id", "kind")
    marks: dict[str, Marks] = {}
    for node_id, kind, count in counted.annotate(count=Count("seq")):
        known = marks.get(str(node_id), NO_MARKS)
        is_note = kind == NOTE
        marks[str(node_id)] = known._replace(
            notes=count if is_note else known.notes, is_signed=known.is_signed or not is_note
        )
    return marks


def _narrowed(run: Run, filters: RemarkFilter) -> QuerySet[Remark]:
    found = Remark.objects.filter(run_id=run.pk)
    asked = {
        "node_id": filters.node,
        "by": filters.by,
        "kind": filters.kind,
        "thread": filters.thread,
    }
    if not all(is_storable(value) for value in asked.values() if isinstance(value, str)):
        return found.none()
    return found.filter(**{name: value for name, value in asked.items() if value is not None})


def _replies(run: Run, threads: list[int]) -> tuple[list[Remark], dict[int, int]]:
    """Return the latest answers in each thread, oldest first, and how many there are in each."""
    found = Remark.objects.filter(Q(run_id=run.pk, thread__in=threads) & ~Q(seq=F("thread")))
    place = Window(RowNumber(), partition_by="thread", order_by="-seq")
    latest = found.annotate(place=place).filter(place__lte=REPLIES_SHOWN).order_by("seq")
    return list(latest), dict(found.values_list("thread").annotate(count=Count("seq")))


def _rows(run: Run, found: Iterable[Remark]) -> list[RemarkRow]:
    rows = list(found)
    nodes = _nodes(run, {each.node_id for each in rows if each.node_id is not None})
    return [
        RemarkRow(
            **{name: getattr(each, name) for name in SAME_NAMES},
            node=nodes.get(each.node_id or ""),
            added=_tags(each.added),
            removed=_tags(each.removed),
        )
        for each in rows
    ]


def _nodes(run: Run, node_ids: set[str]) -> dict[str, NamedNode]:
    names = ("node_id", "ordinal", "name", "kind")
    found: Any = Node.objects.filter(run_id=run.pk, node_id__in=node_ids) if node_ids else ()
    return {each["node_id"]: NamedNode(**each) for each in (found.values(*names) if found else ())}


def _tags(stored: str | None) -> tuple[str, ...]:
    return tuple(json.loads(stored)) if stored else ()
