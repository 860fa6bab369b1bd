"""The shapes of verifiers and of what they are worth."""

from __future__ import annotations

from ninja import Field, Schema

from traces.analytics.clustered_share import Share
from traces.analytics.confusion import Confusion
from traces.analytics.undefined import Estimate, Undefined
from traces.api.forms import decimal_text, rfc3339
from traces.queries import verifier, verifier_list


class Figure(Schema):
    """A figure: `value` is null where it is undefined, and `undefined` then says why."""

    value: float | None
    undefined: str | None

    @classmethod
    def of(cls, estimate: Estimate) -> Figure:
        """Return the shape of an estimate."""
        if isinstance(estimate, Undefined):
            return cls(value=None, undefined=estimate.value)
        return cls(value=estimate, undefined=None)


class Rate(Figure):
    """A share of `n` judgements on `tasks` tasks; `low` to `high` for 95 of 100, null where that is undefined."""

    n: int
    tasks: int
    low: float | None
    high: float | None

    @classmethod
    def of_share(cls, share: Share) -> Rate:
        """Return the shape of a share."""
        found, interval = Figure.of(share.value), share.interval
        low, high = (None, None) if isinstance(interval, Undefined) else interval
        return cls(**found.dict(), n=share.of, tasks=share.tasks, low=low, high=high)


class Counts(Schema):
    """Judgements that decided and whose truth is known, by both."""

    true_accepts: int
    false_accepts: int
    false_rejects: int
    true_rejects: int

    @classmethod
    def of(cls, counts: Confusion) -> Counts:
        """Return the shape of four counts."""
        return cls(**{name: getattr(counts, name) for name in cls.model_fields})


class VerifierInList(Schema):
    """A verifier in one version. Counts are of judgements: its latest verdict on each node."""

    name: str
    version: str | None
    kinds: list[str]
    nodes: int
    runs: int
    accept: int
    reject: int
    unsure: int = Field(description="It abstained; in no rate")
    broken: int = Field(description="Errors and timeouts; in no rate")
    counts: Counts
    precision: Figure = Field(description="TP / (TP + FP)")
    recall: Figure = Field(description="TP / (TP + FN)")
    false_accept_rate: Figure = Field(description="FP / (FP + TN)")
    false_discovery_rate: Figure = Field(description="FP / (FP + TP)")
    saw_reference: int = Field(description="Judgements after it had seen the reference answer")
    same_model: int = Field(description="Judgements by the model that wrote the answer")
    cost: str | None = Field(description="US dollars, of the verdicts that state it")
    priced: int
    last_at: str | None

    @classmethod
    def of(cls, row: verifier_list.VerifierRow) -> VerifierInList:
        """Return the shape of a row."""
        plain = ("version", "kinds", "nodes", "runs", "accept", "reject", "unsure", "broken",
                 "saw_reference", "same_model", "priced")  # fmt: skip
        told = row.confusion
        return cls(
            name=row.verifier,
            **{name: getattr(row, name) for name in plain},
            precision=Figure.of(told.precision),
            recall=Figure.of(told.recall),
            false_accept_rate=Figure.of(told.false_accept_rate),
            false_discovery_rate=Figure.of(told.false_discovery_rate),
            counts=Counts.of(told),
            cost=decimal_text(row.cost),
            last_at=rfc3339(row.last_ns),
        )


class Verifiers(Schema):
    """Some verifiers, those with the most judgements first; `next` is the cursor of the following page.

    `counted_runs` hold `counted_verdicts`; where `older` is not null there are runs before them, which count with it as
    `runs_cursor`.
    """

    items: list[VerifierInList]
    next: str | None
    counted_runs: int
    counted_verdicts: int
    older: str | None

    @classmethod
    def of(cls, page: verifier_list.VerifierPage) -> Verifiers:
        """Return the shape of a page."""
        return cls(
            items=[VerifierInList.of(row) for row in page.items],
            next=page.next,
            counted_runs=len(page.counted.run_ids),
            counted_verdicts=page.counted.verdicts,
            older=page.counted.next,
        )


class ScoreBin(Schema):
    """What was scored from `low` to below `high`: how many, their mean score, and how many are right."""

    low: float
    high: float
    count: int
    mean_score: float
    right: int


class ChoicePoint(Schema):
    """Of `n` samples: how often the best scored is right, any is, and the difference."""

    n: int
    chosen: Figure
    oracle: Figure
    regret: Figure


class Turning(Schema):
    """Beyond `at` samples trusting it more makes it worse: `best` there, `end` with the most."""

    at: int
    best: float
    end: float


class OtherVerifier(Schema):
    """Another verifier that decided the same nodes; `this_right` and `other_right` where they differ, by the source."""

    name: str
    version: str | None
    is_person: bool
    both_accept: int
    only_this: int
    only_other: int
    both_reject: int
    disagreement: Figure
    kappa: Figure
    this_right: int
    other_right: int

    @classmethod
    def of(cls, row: verifier.Other) -> OtherVerifier:
        """Return the shape of another verifier."""
        told = row.agreement
        counts = ("both_accept", "only_this", "only_other", "both_reject")
        plain = ("version", "is_person", "this_right", "other_right")
        return cls(
            name=row.verifier,
            **{name: getattr(row, name) for name in plain},
            **{name: getattr(told, name) for name in counts},
            disagreement=Figure.of(told.disagreement),
            kappa=Figure.of(told.kappa),
        )


class Standing(Schema):
    """What so many verdicts say of how they stand to what they judge."""

    kind: str | None
    independence: str | None
    saw_reference: bool | None = Field(description="True is an oracle leak")
    count: int


class Verifier(Schema):
    """A verifier, judged. Counts are of judgements: its latest verdict on each node."""

    name: str
    version: str | None
    versions: dict[str, int] = Field(description="Verdicts by version; - for none")
    nodes: int
    runs: int
    tasks: int
    outcomes: dict[str, int]
    truth: dict[str, int] = Field(
        description="How it is known, of the judgements that decide: outcome, reference, exact_check, person"
    )
    undecided: int
    unknown: int = Field(description="It decided, and nothing says what is true")
    counts: Counts
    rates: dict[str, Rate]
    auc: Figure
    auc_within_runs: Figure
    calibration_error: Figure
    brier: Figure
    bins: list[ScoreBin]
    best_of_n: list[ChoicePoint]
    best_of_n_tasks: int
    best_of_n_undefined: str | None
    turning: Turning | None
    others: list[OtherVerifier]
    standings: list[Standing]
    cost: str | None
    priced: int
    counted_runs: int
    counted_verdicts: int
    older: str | None

    @classmethod
    def of(cls, found: verifier.Verifier) -> Verifier:
        """Return the shape of a verifier."""
        curve, told = found.selection.curve, found.calibration
        plain = ("nodes", "runs", "tasks", "outcomes", "undecided", "unknown", "priced")
        return cls(
            name=found.asked.verifier,
            version=found.asked.version,
            versions={version or "-": count for version, count in found.versions},
            **{name: getattr(found, name) for name in plain},
            truth=found.bases,
            counts=Counts.of(found.confusion),
            rates={name: Rate.of_share(share) for name, share in found.shares.items()},
            auc=Figure.of(found.area.value),
            auc_within_runs=Figure.of(found.area.within),
            calibration_error=Figure.of(told.error),
            brier=Figure.of(told.brier),
            bins=_bins(told),
            best_of_n=_points(found),
            best_of_n_tasks=curve.tasks,
            best_of_n_undefined=curve.lack.value if curve.lack else None,
            turning=_turning(found),
            others=[OtherVerifier.of(row) for row in found.others],
            standings=_standings(found),
            cost=decimal_text(found.cost),
            counted_runs=len(found.counted.run_ids),
            counted_verdicts=found.counted.verdicts,
            older=found.counted.next,
        )


def _bins(told: verifier.Calibration) -> list[ScoreBin]:
    return [
        ScoreBin(
            low=each.number / 10,
            high=(each.number + 1) / 10,
            count=each.count,
            mean_score=each.confidence / each.count,
            right=each.right,
        )
        for each in told.bins
    ]


def _points(found: verifier.Verifier) -> list[ChoicePoint]:
    names = ("chosen", "oracle", "regret")
    return [
        ChoicePoint(n=each.n, **{name: Figure.of(getattr(each, name)) for name in names})
        for each in found.selection.curve.points
    ]


def _turning(found: verifier.Verifier) -> Turning | None:
    turning = found.selection.curve.turning
    return None if turning is None else Turning(at=turning.at, best=turning.best, end=turning.end)


def _standings(found: verifier.Verifier) -> list[Standing]:
    return [
        Standing(
            kind=each.verifier_kind,
            independence=each.independence,
            saw_reference=each.saw_reference,
            count=each.count,
        )
        for each in found.standings
    ]
