"""Two runs head to head: what each answered, by what margin, who checked it, and what it spent and threw away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from traces.analytics.aligned_tree import Tally
from traces.analytics.two_trees import Fact
from traces.queries.access import Who, see_run
from traces.queries.aligned_lines import Line, get_line
from traces.queries.alignment import AlignedRuns, TooLarge, read_alignment, takes_long
from traces.queries.amounts import TOKEN_CLASSES
from traces.queries.candidates import CandidateRow, list_candidates
from traces.queries.runs import RunDetail, RunRow, get_run, rows_of
from traces.queries.verdict_header import RunHeader, get_header

COUNTED = ("nodes", "model_calls", "tool_calls", "candidates", "verdicts", "failed", "errors")
THROWN_AWAY = ("nodes", "node_ratio", "tokens", "cost")
WORDS_OF_HEADER = ("decided_by", "ending")
WORDS_OF_RUN = ("strategy", "observed_state", "effort", "tier")


class Unit(StrEnum):
    """What an amount is of."""

    USD = "usd"
    """US dollars."""
    TOKENS = "tokens"
    """Tokens."""
    NANOSECONDS = "ns"
    """Time."""
    COUNT = "count"
    """Things that are counted."""
    SHARE = "share"
    """A part of the whole, from 0 to 1."""


class Agreement(StrEnum):
    """Whether two runs answered the same."""

    EQUAL = "equal"
    """They did."""
    DIFFERENT = "different"
    """They did not."""
    UNKNOWN = "unknown"
    """At least one of the answers is not recorded, or could not be parsed."""


Amount = Decimal | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountLine:
    """One amount of both runs; None is not recorded. `provenance` says where money comes from, on either side."""

    name: str
    unit: Unit
    left: Amount | None
    right: Amount | None
    provenance: tuple[str | None, str | None] = (None, None)

    @property
    def difference(self) -> Amount | None:
        """How much more the right run has; None where either amount is not recorded."""
        if self.left is None or self.right is None:
            return None
        return self.right - self.left  # type: ignore[operator]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLine:
    """What is said of both runs in words; None is not recorded."""

    name: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One of the two: the run, the verdict on it, and the candidate that was returned, where one is known."""

    run: RunDetail
    header: RunHeader
    chosen: CandidateRow | None
    normaliser: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """Where two runs part first: what each did there, None for nothing of its own; `alike` nodes went before."""

    left: Line | None
    right: Line | None
    alike: int

    @property
    def is_pair(self) -> bool:
        """Whether two nodes that are a pair differ."""
        return self.left is not None and self.left == self.right

    @property
    def is_one_thing(self) -> bool:
        """Whether the pair is the same thing with another outcome."""
        return self.left is not None and Fact.KIND not in self.left.differ


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """Two runs side by side. `normaliser` is what answers were compared by; None is word by word.

    Of trees that are too large to be aligned `tally` is None, and where they part is not known.
    """

    left: Contender
    right: Contender
    agreement: Agreement
    normaliser: str | None
    words: list[WordLine]
    amounts: list[AmountLine]
    tally: Tally | None
    by_order: int
    parting: Parting | None

    @property
    def told(self) -> list[AmountLine]:
        """The amounts of which at least one run records something."""
        return [line for line in self.amounts if (line.left, line.right) != (None, None)]

    @property
    def untold(self) -> list[str]:
        """The names of those that neither records."""
        return [line.name for line in self.amounts if (line.left, line.right) == (None, None)]

    @property
    def is_one_run(self) -> bool:
        """Whether a run is compared with itself."""
        return self.left.run.id == self.right.run.id


def align_runs(*, who: Who, left: str | uuid.UUID, right: str | uuid.UUID) -> AlignedRuns:
    """Return the trees of two runs, aligned. Raises NotVisible where either is not to be seen, and TooLarge."""
    return read_alignment(see_run(who, left), see_run(who, right))


def list_awaited(*, who: Who, left: str | uuid.UUID, right: str | uuid.UUID) -> list[RunRow]:
    """Return the two runs where aligning them takes long, else none. Raises NotVisible where either is."""
    runs = [see_run(who, left), see_run(who, right)]
    return rows_of(runs) if takes_long(*runs) else []


def compare_runs(
    *, who: Who, left: str | uuid.UUID, right: str | uuid.UUID
) -> tuple[RunComparison, AlignedRuns | None]:
    """Return two runs head to head, and their trees; None for trees that are too large to be aligned.

    Raises NotVisible where either is not to be seen.
    """
    try:
        runs = align_runs(who=who, left=left, right=right)
    except TooLarge:
        runs = None
    ours, theirs = (_contender(who, run_id) for run_id in (left, right))
    agreement, normaliser = _agreement(ours, theirs)
    comparison = RunComparison(
        left=ours,
        right=theirs,
        agreement=agreement,
        normaliser=normaliser,
        words=list(_words(ours, theirs)),
        amounts=list(_amounts(ours, theirs)),
        tally=None if runs is None else runs.aligned.count(0, len(runs.aligned.left)),
        by_order=0 if runs is None else runs.aligned.by_order,
        parting=None if runs is None else _parting(runs),
    )
    return comparison, runs


def _contender(who: Who, run_id: str | uuid.UUID) -> Contender:
    table = list_candidates(who=who, run_id=run_id)
    return Contender(
        run=get_run(who=who, run_id=run_id),
        header=get_header(who=who, run_id=run_id),
        chosen=next((row for row in table.candidates if row.chosen), None),
        normaliser=table.normaliser,
    )


def _agreement(ours: Contender, theirs: Contender) -> tuple[Agreement, str | None]:
    """Return whether the answers agree: by their normalised forms where one normaliser made both, else by the words."""
    if ours.normaliser == theirs.normaliser is not None and ours.chosen and theirs.chosen:
        labels = ours.chosen.normalised, theirs.chosen.normalised
        return _compared(*labels), ours.normaliser
    answers = (each and " ".join(each.split()) for each in (ours.run.answer, theirs.run.answer))
    return _compared(*answers), None


def _compared(left: str | None, right: str | None) -> Agreement:
    if left is None or right is None:
        return Agreement.UNKNOWN
    return Agreement.EQUAL if left == right else Agreement.DIFFERENT


def _words(ours: Contender, theirs: Contender) -> Iterator[WordLine]:
    for name in WORDS_OF_RUN:
        yield WordLine(name=name, left=getattr(ours.run, name), right=getattr(theirs.run, name))
    models = (", ".join(each.run.models) or None for each in (ours, theirs))
    yield WordLine(name="models", left=next(models), right=next(models))
    for name in WORDS_OF_HEADER:
        yield WordLine(
            name=name, left=getattr(ours.header, name), right=getattr(theirs.header, name)
        )


def _amounts(ours: Contender, theirs: Contender) -> Iterator[AmountLine]:
    one, two = ours.run, theirs.run
    yield AmountLine(
        name="cost",
        unit=Unit.USD,
        left=one.cost,
        right=two.cost,
        provenance=(one.cost_provenance, two.cost_provenance),
    )
    for name in TOKEN_CLASSES:
        pair = getattr(one.usage, name), getattr(two.usage, name)
        yield AmountLine(name=name, unit=Unit.TOKENS, left=pair[0], right=pair[1])
    yield AmountLine(
        name="duration", unit=Unit.NANOSECONDS, left=one.duration_ns, right=two.duration_ns
    )
    units = (Unit.COUNT, Unit.SHARE, Unit.TOKENS, Unit.USD)
    for name, unit in zip(THROWN_AWAY, units, strict=True):
        pair = getattr(one.discarded, name), getattr(two.discarded, name)
        yield AmountLine(name=f"discarded_{name}", unit=unit, left=pair[0], right=pair[1])
    for name in COUNTED:
        pair = getattr(one.counts, name), getattr(two.counts, name)
        yield AmountLine(name=name, unit=Unit.COUNT, left=pair[0], right=pair[1])


def _parting(runs: AlignedRuns) -> Parting | None:
    found = runs.divergence
    if found is None:
        return None
    lines = [None if line is None else get_line(runs, line) for line in (found.left, found.right)]
    return Parting(left=lines[0], right=lines[1], alike=found.alike)
