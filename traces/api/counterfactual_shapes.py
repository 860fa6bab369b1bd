"""The shape of what a run would have answered in the API."""

from __future__ import annotations

from ninja import Field, Schema

from deliberation.vocabulary import Dimension
from traces.analytics.undefined import Undefined
from traces.api.forms import decimal_text
from traces.queries.estimators import ESTIMATORS, INTERVAL
from traces.queries.estimators import Estimator as EstimatorRow
from traces.queries.undefined_words import UNDEFINED
from traces.queries.what_if import Counterfactual as Row
from traces.queries.what_if import CurvePoint as CurvePointRow
from traces.queries.what_if import Possible as PossibleRow


class Possible(Schema):
    """An answer that would have been returned with this chance."""

    answer: str | None
    chance: float = Field(description="0 to 1")
    ordinal: int | None = Field(description="The node's number in the run")
    correct: bool | None = Field(description="null where nobody says so, or its samples disagree")
    is_recorded: bool = Field(description="It is what the run returned")

    @classmethod
    def of(cls, row: PossibleRow) -> Possible:
        """Return the shape of one."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class Estimator(Schema):
    """How it was computed."""

    name: str
    definition: str
    source: str

    @classmethod
    def of(cls, row: EstimatorRow) -> Estimator:
        """Return the shape of one."""
        return cls(name=row.name, definition=row.definition, source=row.source)


class Uncertainty(Schema):
    """How sure the recorded samples make it: the interval of the share of them that is right."""

    right: int
    samples: int
    low: float
    high: float
    method: str = INTERVAL


class Price(Schema):
    """What it would have cost on average; amounts are decimal strings in units of `dimension`."""

    amount: str | None
    dimension: str = Field(description="usd; of a budget cap also tokens or model_calls")
    of: str | None = Field(description="What the whole run cost")
    is_estimated: bool = Field(description="In proportion: samples have no cost of their own")
    draws: float | None = Field(description="Of first accepted: how many samples are drawn")


class CurvePoint(Schema):
    """The chance with so many samples."""

    n: int
    chance: float | None
    undefined: str | None
    coverage: float | None = Field(description="pass@n: that any of them is right")
    cost: str | None = Field(description="Expected, in US dollars")

    @classmethod
    def of(cls, row: CurvePointRow) -> CurvePoint:
        """Return the shape of one."""
        return cls(
            n=row.n,
            chance=None if isinstance(row.chance, Undefined) else row.chance,
            undefined=row.chance.value if isinstance(row.chance, Undefined) else None,
            coverage=None if isinstance(row.coverage, Undefined) else row.coverage,
            cost=decimal_text(row.cost),
        )


class Turning(Schema):
    """Where more compute began to make it worse."""

    n: int
    best: float
    end: float


class SearchedAnew(Schema):
    """A search cut anew."""

    width: int = Field(description="The recorded one")
    visited: int = Field(description="States that would have been generated")
    generated: int = Field(description="States that were")
    unknown: int = Field(description="States that would have been kept and were never continued")


class Counterfactual(Schema):
    """What would have been returned. `right`, `wrong`, `unknown` and `nothing` are chances, together 1.

    Where it cannot be computed, `undefined` names why, `reason` says it, and chances and cost are null.
    """

    rule: str | None
    rules: list[str] = Field(description="What can be asked of this run")
    n: int | None
    samples: int = Field(description="Recorded candidates")
    beam: int | None
    threshold: float | None = Field(description="As it was applied: asked for, or the verifier's")
    budget: str | None
    normaliser: str
    by: str | None = Field(description="Where the scores come from")
    scores: list[str] = Field(description="What scored every candidate")
    undefined: str | None
    reason: str | None
    returned: list[Possible]
    others: int = Field(description="Further answers")
    others_chance: float
    right: float | None
    wrong: float | None
    unknown: float | None
    nothing: float | None
    cost: Price
    estimator: Estimator | None
    uncertainty: Uncertainty | None
    curve_of: str = Field(description="right, or recorded: the chance of the recorded answer")
    curve: list[CurvePoint]
    turning_point: Turning | None
    search: SearchedAnew | None

    @classmethod
    def of(cls, row: Row) -> Counterfactual:
        """Return the shape of one."""
        asked, lack = row.asked, row.undefined
        chances = {name: getattr(row, name) for name in ("right", "wrong", "unknown", "nothing")}
        return cls(
            rule=asked.rule.value if asked.rule else None,
            rules=[each.value for each in row.rules],
            n=asked.n if row.curve or asked.n else None,
            samples=row.samples,
            beam=asked.width,
            threshold=row.threshold,
            budget=decimal_text(asked.cap),
            normaliser=asked.normaliser.value,
            by=asked.by,
            scores=row.scores,
            undefined=lack.value if lack else None,
            reason=str(UNDEFINED[lack.value]) if lack else None,
            returned=[Possible.of(each) for each in row.answers],
            others=row.others,
            others_chance=row.others_chance,
            **{name: None if lack else chance for name, chance in chances.items()},
            cost=_price(row),
            estimator=Estimator.of(ESTIMATORS[asked.rule]) if asked.rule else None,
            uncertainty=_uncertainty(row),
            curve_of="right" if row.curve_is_right else "recorded",
            curve=[CurvePoint.of(each) for each in row.curve],
            turning_point=_turning(row),
            search=_searched(row),
        )


def _price(row: Row) -> Price:
    return Price(
        amount=decimal_text(row.cost),
        dimension=row.dimension or Dimension.USD.value,
        of=decimal_text(row.whole_cost),
        is_estimated=row.is_estimated,
        draws=row.draws,
    )


def _uncertainty(row: Row) -> Uncertainty | None:
    if row.right_of is None or isinstance(row.interval, Undefined):
        return None
    low, high = row.interval
    return Uncertainty(right=row.right_of, samples=row.samples, low=low, high=high)


def _turning(row: Row) -> Turning | None:
    found = row.turning
    return None if found is None else Turning(n=found.at, best=found.best, end=found.end)


def _searched(row: Row) -> SearchedAnew | None:
    found = row.searched
    if found is None:
        return None
    return SearchedAnew(**{name: getattr(found, name) for name in SearchedAnew.model_fields})
