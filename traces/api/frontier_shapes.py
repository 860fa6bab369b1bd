"""The shape of accuracy against cost over many runs in the API."""

from __future__ import annotations

from ninja import Field, Schema

from traces.analytics.task_mean import TaskMean
from traces.queries.frontier_rows import Frontier as Row
from traces.queries.frontier_rows import InBin, Marginal, Missing, RunOfSystem, Turned
from traces.queries.frontier_rows import Point as PointRow
from traces.queries.undefined_words import UNDEFINED

RECORDED = "recorded"
DEFINITION = "mean over questions; interval: Wilson 1927 with the effective number of outcomes (Kish 1965), 95 in 100"


class Accuracy(Schema):
    """A mean over questions with its interval, 95 in 100; all from 0 to 1."""

    mean: float
    low: float
    high: float
    questions: int
    outcomes: int = Field(description="Right or wrong, in all: samples, or checks of a verifier")

    @classmethod
    def of(cls, found: TaskMean) -> Accuracy:
        """Return the shape of one."""
        low, high = found.interval
        return cls(
            mean=found.mean, low=low, high=high, questions=found.tasks, outcomes=found.outcomes
        )


class Point(Schema):
    """A system as recorded, or as `n` samples and a rule would have made it."""

    system: str
    rule: str = Field(description="recorded, any (pass@n, an oracle's), votes (maj@n), best of n")
    n: float = Field(description="Samples of a question; of recorded runs the mean")
    accuracy: Accuracy
    cost: float | None = Field(description="Mean of a question, US dollars")
    tokens: float | None = Field(description="Mean of a question, input and output")
    is_estimated: bool = Field(description="Cost and tokens are in proportion to the samples")
    runs: int
    runs_with_cost: int
    runs_without_outcome: int
    on_frontier: bool

    @classmethod
    def of(cls, row: PointRow) -> Point:
        """Return the shape of one."""
        return cls(
            system=row.system,
            rule=row.rule.value if row.rule else RECORDED,
            n=row.n,
            accuracy=Accuracy.of(row.accuracy),
            cost=row.cost,
            tokens=row.tokens,
            is_estimated=row.is_estimated,
            runs=row.runs,
            runs_with_cost=row.costed,
            runs_without_outcome=row.unknown,
            on_frontier=row.on_frontier,
        )


class Step(Schema):
    """From one point of the frontier to the next: what a hundredth of accuracy costs, in units of the axis."""

    start: Point
    end: Point
    per_point: float
    is_sure: bool = Field(description="The intervals of the two do not overlap")

    @classmethod
    def of(cls, row: Marginal) -> Step:
        """Return the shape of one."""
        return cls(
            start=Point.of(row.start),
            end=Point.of(row.end),
            per_point=row.per_point,
            is_sure=row.is_sure,
        )


class Turning(Schema):
    """A curve that ends lower than it was: beyond `at` more compute made it worse."""

    at: Point
    end: Point

    @classmethod
    def of(cls, row: Turned) -> Turning:
        """Return the shape of one."""
        return cls(at=Point.of(row.at), end=Point.of(row.end))


class Lacking(Schema):
    """A curve that cannot be computed."""

    system: str
    rule: str
    undefined: str
    reason: str

    @classmethod
    def of(cls, row: Missing) -> Lacking:
        """Return the shape of one."""
        why = row.why.value
        return cls(
            system=row.system, rule=row.rule.value, undefined=why, reason=str(UNDEFINED[why])
        )


class Bin(Schema):
    """Questions of which a share from `least` on of all answers among these runs is right."""

    number: int = Field(description="1, the hardest, to 5")
    least: float
    questions: int
    systems: dict[str, Accuracy]

    @classmethod
    def of(cls, row: InBin) -> Bin:
        """Return the shape of one."""
        return cls(
            number=row.difficulty.number,
            least=row.difficulty.least,
            questions=row.questions,
            systems={name: Accuracy.of(each) for name, each in row.systems.items()},
        )


class RunOf(Schema):
    """A run of the system that was asked for."""

    id: str
    name: str | None
    counts_as: float | None = Field(description="0 to 1; null where nothing says how it did")
    samples: int
    right: int | None
    cost: float | None
    tokens: int | None

    @classmethod
    def of(cls, row: RunOfSystem) -> RunOf:
        """Return the shape of one."""
        return cls(
            id=str(row.id),
            name=row.name,
            counts_as=row.share,
            samples=row.samples,
            right=row.right,
            cost=row.cost,
            tokens=row.tokens,
        )


class Frontier(Schema):
    """Accuracy against cost of the runs that the filters let through."""

    axis: str
    measure: str = Field(description="right, or the verifier whose score is taken")
    measures: list[str]
    judge: str | None = Field(description="Whose scores best of n goes by")
    judges: list[str]
    definition: str = DEFINITION
    runs: int
    is_whole: bool = Field(description="False: only the newest 10,000 runs of a project")
    runs_without_samples: int = Field(description="Too many candidates to be read: 100,000 are")
    questions: int
    runs_without_question: int = Field(description="They state no task: each is its own question")
    questions_too_short: int = Field(description="Left out of a curve for having fewer samples")
    questions_without_outcome: int = Field(description="In no bin")
    points: list[Point]
    steps: list[Step]
    turning_points: list[Turning]
    undefined: list[Lacking]
    bins: list[Bin]
    runs_of_system: list[RunOf]

    @classmethod
    def of(cls, row: Row) -> Frontier:
        """Return the shape of one."""
        return cls(
            axis=row.axis.value,
            measure=row.measure,
            measures=list(row.measures),
            judge=row.judge,
            judges=list(row.judges),
            runs=row.runs,
            is_whole=row.is_whole,
            runs_without_samples=row.without_samples,
            questions=row.questions,
            runs_without_question=row.unstated,
            questions_too_short=row.short,
            questions_without_outcome=row.unbinned,
            points=[Point.of(each) for each in row.points],
            steps=[Step.of(each) for each in row.marginals],
            turning_points=[Turning.of(each) for each in row.turned],
            undefined=[Lacking.of(each) for each in row.missing],
            bins=[Bin.of(each) for each in row.bins],
            runs_of_system=[RunOf.of(each) for each in row.of_system],
        )
