"""The search as points: columns by fate, what is drawn, and what is said of the rest."""

from __future__ import annotations

import base64
from array import array
from typing import Any

import pytest

from traces.figures import search
from traces.figures.search import search_figure
from traces.queries.points import Axis, Points


def points(*placed: tuple[str, float, float], without: int = 0) -> Points:
    return Points(
        x_axis=Axis.COST,
        y_axis=Axis.VALUE,
        ordinal=array("Q", range(1, len(placed) + 1)),
        fate=[fate for fate, _, _ in placed],
        x=array("d", (x for _, x, _ in placed)),
        y=array("d", (y for _, _, y in placed)),
        without=without,
    )


def unpacked(column: dict[str, str], typecode: str) -> list[float]:
    numbers: array[Any] = array(typecode)
    numbers.frombytes(base64.b64decode(column["bdata"]))
    return list(numbers)


def test_it_works() -> None:
    figure = search_figure(points(("selected", 0.5, 1), ("discarded", 0.25, 2)))
    assert [(trace["type"], trace["meta"]["role"]) for trace in figure["data"]] == [
        ("scattergl", "discarded"),
        ("scattergl", "selected"),
    ]
    last = figure["data"][1]
    assert unpacked(last["x"], "f") == [0.5]
    assert unpacked(last["customdata"], "I") == [1]
    assert figure["said"].startswith("2 nodes: 1 selected, 1 discarded. ")


def test_no_colour_is_named() -> None:
    figure = search_figure(points(("kept", 1, 1)))
    assert "color" not in str(figure)


def test_nothing_to_draw_is_a_sentence() -> None:
    figure = search_figure(points(without=3))
    assert figure["data"] == []
    assert figure["empty"] == figure["said"] == "No node has both a value and a cost."


def test_of_too_many_each_nth_is_drawn_and_the_selected_ones_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "DRAWN_AT_MOST", 10)
    many = [("selected" if each == 1 else "discarded", float(each), 1.0) for each in range(40)]
    figure = search_figure(points(*many))
    drawn = {trace["meta"]["role"]: unpacked(trace["x"], "f") for trace in figure["data"]}
    assert drawn == {"discarded": [float(x) for x in range(0, 40, 4)], "selected": [1.0]}
    assert "11 of them are drawn" in figure["said"]


def test_amounts_far_apart_stand_on_a_logarithmic_axis() -> None:
    far = search_figure(points(("kept", 0.001, 1), ("kept", 10, 1)))
    near = search_figure(points(("kept", 5, 1), ("kept", 10, 1)))
    free = search_figure(points(("kept", 0, 1), ("kept", 10, 1)))
    assert [figure["layout"]["xaxis"]["type"] for figure in (far, near, free)] == [
        "log",
        "linear",
        "linear",
    ]
