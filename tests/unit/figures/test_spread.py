"""What single calls cost: the quantiles, the limit, and what is not known."""

from __future__ import annotations

from decimal import Decimal

from deliberation.vocabulary import Dimension
from traces.figures.spread import spread_figure
from traces.queries.spread import Spent, Spread, Unit


def spread(*amounts: str, without: int = 0, limit: str | None = None) -> Spread:
    return Spread(
        unit=Unit.CALL,
        dimension=Dimension.USD,
        spent=[
            Spent(amount=Decimal(each), ordinal=at, kind="model_call", fate="open")
            for at, each in enumerate(amounts)
        ],
        without=without,
        limit=None if limit is None else Decimal(limit),
    )


def test_it_works() -> None:
    figure = spread_figure(spread("0.01", "0.02", "0.04", without=2, limit="0.5"))
    assert [trace["meta"]["role"] for trace in figure["data"]] == [
        "accent",
        "quiet",
        "quiet",
        "quiet",
        "danger",
    ]
    assert list(figure["data"][0]["x"]) == [0.01, 0.01, 0.02, 0.04]
    assert figure["said"] == (
        "Cost of 3 model calls: p50 $0.02, p95 $0.04, p99 $0.04, the most $0.04."
        " The run as a whole may spend $0.50. 2 more name no cost of their own and are left out."
    )


def test_without_a_limit_there_is_no_line_of_one() -> None:
    assert len(spread_figure(spread("1", "2"))["data"]) == 4


def test_what_cost_nothing_counts_and_has_no_place_on_a_logarithmic_axis() -> None:
    figure = spread_figure(spread("0", "0.001", "10"))
    line = figure["data"][0]
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert (min(line["x"]), min(line["y"])) == (0.001, 1 / 3)


def test_nothing_known_is_a_sentence() -> None:
    figure = spread_figure(spread(without=4))
    assert figure["data"] == []
    assert figure["empty"] == "No cost and no tokens are recorded of any of the model calls."
