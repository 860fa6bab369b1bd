"""What a function was called with, as decorators write it down: `{"args": […], "kwargs": {…}}`, or the second alone."""

from __future__ import annotations

from typing import Any

BOTH, NAMED = {"args", "kwargs"}, {"kwargs"}
"""A lone `args` may be what a tool calls one of its own parameters."""


def argument_in(value: Any) -> Any:
    """Return the one argument, or those with names; "" where there were none.

    None where the value is no call, or has both sorts: then the whole says more.
    """
    if not isinstance(value, dict) or value.keys() not in (BOTH, NAMED):
        return None
    args, keywords = value.get("args", []), value["kwargs"]
    if not isinstance(args, list) or not isinstance(keywords, dict):
        return None
    if len(args) == 1 and not keywords:
        return args[0]
    return None if args else keywords or ""
