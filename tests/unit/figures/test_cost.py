"""The icicle of cost: what its widths measure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from traces.figures.cost import cost_icicle
from traces.queries.costs import Sector


def sector(name: str, parent: str | None, **facts: Any) -> Sector:
    given = {"nodes": 1, "tokens": None, "cost": None, "fate": "open", "rolled_up": False, **facts}
    return Sector(id=name, parent=parent, label=name, **given)


def widths(*sectors: Sector) -> list[float]:
    return list(cost_icicle(sectors)["data"][0]["values"])


def test_it_works() -> None:
    root = sector("root", None, cost=Decimal("0.5"), tokens=9)
    assert widths(root, sector("a", "root", cost=Decimal("0.2"), tokens=3)) == [0.5, 0.2]


def test_where_no_cost_is_known_width_is_tokens() -> None:
    assert widths(sector("root", None, tokens=9), sector("a", "root", tokens=3)) == [9, 3]


def test_where_nothing_is_known_width_is_nodes() -> None:
    assert widths(sector("root", None, nodes=3), sector("a", "root", nodes=2)) == [3, 2]


def test_a_label_is_text_whatever_it_holds() -> None:
    hostile = sector("<a href='//evil'>x</a>", None, nodes=1)
    assert "<" not in cost_icicle([hostile])["data"][0]["labels"][0]
