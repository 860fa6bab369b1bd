"""What stands of what people said of a run as a whole: who signed, how it was rated, how many notes there are."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

from deliberation.ledger.entry import read_line
from deliberation.vocabulary import Rating
from traces.models import LedgerEntry, Remark
from traces.models.remark import NOTE, RATING, SIGN_OFF, STANDING
from traces.models.run import FOREIGN
from traces.queries.access import JUDGES, Who, as_viewer, may_add, see_run

STATEMENT_CHARS = 400
KINDS_TOLD = 12
ENTRIES_TOLD = 2_000
"""Of a run that grew more than that while somebody read it, only the beginning is counted by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A sign-off that stands; `since` is how many entries came after it, times in ns since 1970."""

    seq: int
    by: str
    outcome: str
    statement: str | None
    signed_ns: int | None
    seen_size: int
    seen_root: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """Somebody's current rating of the run."""

    by: str
    word: str

    @property
    def number(self) -> int:
        """Its place on the scale, from 1 to 5."""
        return Rating(self.word).number


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What stands. `own` is the asker's rating of the run, `may_judge` whether they may say anything at all,
    which nobody may of a run of another installation (`is_foreign`).

    `size` is how many entries the run has now, `notes` how many notes stand on it and its nodes.
    """

    size: int
    notes: int
    signed: list[Signed]
    ratings: list[Rated]
    own: str | None
    may_judge: bool
    is_foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What was added to a run after somebody was shown it: entries by kind, the most frequent first, and their number.

    `by` are those who reported them. `uncounted` entries were too many to be looked at.
    """

    entries: int
    kinds: list[tuple[str, int]]
    by: list[str]
    uncounted: int


def get_review(*, who: Who, run_id: str | uuid.UUID) -> Review:
    """Return what stands of a run. Raises NotVisible."""
    viewer = as_viewer(who)
    run = see_run(viewer, run_id)
    of_run = Remark.objects.filter(STANDING, run_id=run.pk)
    rated = of_run.filter(kind=RATING, node_id=None, value__isnull=False).order_by("seq")
    ratings = [Rated(by=by, word=str(word)) for by, word in rated.values_list("by", "value")]
    return Review(
        size=run.size,
        notes=of_run.filter(kind=NOTE).count(),
        signed=[_signed(row, run.size) for row in of_run.filter(kind=SIGN_OFF).order_by("-seq")],
        ratings=ratings,
        own=next((each.word for each in ratings if each.by == viewer.by), None),
        may_judge=may_add(viewer, run, JUDGES),
        is_foreign=run.source == FOREIGN,
    )


def get_growth(*, who: Who, run_id: str | uuid.UUID, since: int) -> Growth:
    """Return what came after the first `since` entries. Raises NotVisible."""
    run = see_run(who, run_id)
    later = LedgerEntry.objects.filter(run_id=run.pk, seq__gte=since).order_by("seq")
    lines = later.values_list("line", flat=True)[:ENTRIES_TOLD]
    told = [read_line(bytes(line)) for line in lines]
    kinds = Counter(str(each["kind"]) for each in told)
    entries = max(0, run.size - since)
    return Growth(
        entries=entries,
        kinds=kinds.most_common(KINDS_TOLD),
        by=sorted({str(each["by"]) for each in told})[:KINDS_TOLD],
        uncounted=max(0, entries - len(told)),
    )


def _signed(row: Remark, size: int) -> Signed:
    return Signed(
        seq=row.seq,
        by=row.by,
        outcome=row.value or "",
        statement=row.text and row.text[:STATEMENT_CHARS],
        signed_ns=row.said_ns,
        seen_size=row.seen_size or 0,
        seen_root=row.seen_root or "",
        since=size - row.seq - 1,
    )
