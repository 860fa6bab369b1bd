"""The shape of two runs compared in the API."""

from __future__ import annotations

from decimal import Decimal

from ninja import Field, Schema

from traces.analytics.aligned_tree import Tally
from traces.analytics.two_trees import Fact
from traces.api.forms import decimal_text
from traces.queries.aligned_lines import Line, Lines
from traces.queries.run_comparison import Amount, AmountLine, Parting, RunComparison, WordLine


class Lined(Schema):
    """What both runs say about one thing, in words; null is not recorded."""

    name: str
    a: str | None
    b: str | None

    @classmethod
    def of(cls, line: WordLine) -> Lined:
        """Return the shape of one."""
        return cls(name=line.name, a=line.left, b=line.right)


class Measured(Schema):
    """One amount of both runs, as decimal strings; null is not recorded, and then the difference is null too."""

    name: str
    unit: str = Field(description="usd, tokens, ns, count or share")
    a: str | None
    b: str | None
    difference: str | None = Field(description="b less a")

    @classmethod
    def of(cls, line: AmountLine) -> Measured:
        """Return the shape of one."""
        return cls(
            name=line.name,
            unit=line.unit.value,
            a=_text(line.left),
            b=_text(line.right),
            difference=_text(line.difference),
        )


class Counted(Schema):
    """Nodes of both trees: pairs that are the same, pairs that differ, and nodes of one run alone."""

    same: int
    changed: int
    only_a: int
    only_b: int
    recorded_on_one_side: int = Field(
        description="Pairs among the same of which one run records more"
    )

    @classmethod
    def of(cls, tally: Tally) -> Counted:
        """Return the shape of these counts."""
        return cls(
            same=tally.same,
            changed=tally.changed,
            only_a=tally.left,
            only_b=tally.right,
            recorded_on_one_side=tally.untold,
        )


class NodePair(Schema):
    """A node of either run, or a pair; what differs between the two."""

    kind: str = Field(description="same, changed, left (only in a) or right (only in b)")
    level: int = Field(description="From 1")
    a: str | None = Field(description="The node's id in the first run")
    b: str | None
    differs: list[str] = Field(
        description="kind, model, text, answer, fate, verdict, error, value, tokens, cost"
    )
    recorded_on_one_side: list[str]
    nodes: int = Field(description="Of its branch, in both runs together: a pair counts once")

    @classmethod
    def of(cls, line: Line) -> NodePair:
        """Return the shape of a line."""
        return cls(
            kind=line.kind.value,
            level=line.level,
            a=line.left.node_id if line.left else None,
            b=line.right.node_id if line.right else None,
            differs=_names(line.differ),
            recorded_on_one_side=_names(line.untold),
            nodes=line.lines,
        )


class FirstDivergence(Schema):
    """Where the runs part first, in the order of time of each; one pair, or what each went on with."""

    a: NodePair | None
    b: NodePair | None
    alike: int = Field(description="Nodes before it that are alike in both")

    @classmethod
    def of(cls, parting: Parting) -> FirstDivergence:
        """Return the shape of it."""
        return cls(
            a=NodePair.of(parting.left) if parting.left else None,
            b=NodePair.of(parting.right) if parting.right else None,
            alike=parting.alike,
        )


class Compared(Schema):
    """Two runs side by side, and the nodes that differ, in pre-order."""

    a: str
    b: str
    answers: str = Field(description="equal, different or unknown")
    normaliser: str | None = Field(
        description="What made the answers comparable; null is word by word"
    )
    facts: list[Lined]
    amounts: list[Measured]
    nodes: Counted
    paired_by_order: int = Field(
        description="Siblings that are like too many others, and were paired by their numbers"
    )
    first_divergence: FirstDivergence | None = Field(
        description="Null where nothing but tokens, cost and values of a search differs"
    )
    items: list[NodePair] = Field(description="Nodes that differ")
    next: str | None

    @classmethod
    def of(cls, found: RunComparison, tally: Tally, lines: Lines) -> Compared:
        """Return the shape of a comparison of aligned trees."""
        return cls(
            a=str(found.left.run.id),
            b=str(found.right.run.id),
            answers=found.agreement.value,
            normaliser=found.normaliser,
            facts=[Lined.of(line) for line in found.words],
            amounts=[Measured.of(line) for line in found.amounts],
            nodes=Counted.of(tally),
            paired_by_order=found.by_order,
            first_divergence=FirstDivergence.of(found.parting) if found.parting else None,
            items=[NodePair.of(line) for line in lines.items],
            next=lines.next,
        )


def _names(facts: tuple[Fact, ...]) -> list[str]:
    return [str(fact.name).lower() for fact in facts]


def _text(amount: Amount | None) -> str | None:
    return None if amount is None else decimal_text(Decimal(str(amount)))
