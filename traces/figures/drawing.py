"""What every figure sent to a browser is: Plotly's traces and layout, and the same in words."""

from __future__ import annotations

import base64
import sys
from array import array
from typing import Any

import plotly.graph_objects as go

BARE = {
    "margin": {"t": 8, "r": 16, "b": 44, "l": 60},
    "showlegend": False,
    "hovermode": "closest",
    "dragmode": "zoom",
}
"""The layout of figures with axes. Colours, lines and fonts are the browser's, which knows the theme."""
PLAIN = {"automargin": True, "exponentformat": "none"}
"""An axis of amounts: 0.00001 rather than 10µ."""
DTYPES = {"f": "f4", "d": "f8", "I": "u4", "Q": "u8"}
MANY_TIMES = 200


def describe(figure: go.Figure, *, said: str, empty: str | None = None) -> dict[str, Any]:
    """Return a figure as JSON: `data`, `layout`, `said` (a sentence that tells it), `empty` (why there is none)."""
    described = figure.to_plotly_json()
    # Plotly's own theme: colours, and seven kilobytes.
    described["layout"].pop("template", None)
    return {
        "data": [] if empty else described["data"],
        "layout": described["layout"],
        "said": empty or said,
        "empty": empty,
    }


def packed(numbers: array[Any]) -> dict[str, str]:
    """Return numbers in the form that plotly.js reads without parsing: their bytes, least first, in base64."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return {
        "dtype": DTYPES[numbers.typecode],
        "bdata": base64.b64encode(numbers.tobytes()).decode("ascii"),
    }


def scale_of(least: float, most: float) -> str:
    """Return "log" for amounts that are far apart, which a linear axis would crowd at its foot, else "linear"."""
    return "log" if least > 0 and most > least * MANY_TIMES else "linear"
