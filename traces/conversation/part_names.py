"""Parts of a message, in the names that a provider or an SDK gives them, under the names of the one model."""

from __future__ import annotations

from typing import Any

Names = dict[str, str]
"""Names of members → ours."""

Parts = dict[str, tuple[str, Names]]
"""Their type of part → ours, and its members."""


def renamed(part: dict[str, Any], kind: str, names: Names) -> dict[str, Any]:
    """Return a part as one of ours. Members that are not named keep their names.

    So does the second of two that would have one name.
    """
    named: dict[str, Any] = {"type": kind}
    named |= {name: value for name, value in part.items() if name not in names and name != "type"}
    for name in names:
        if name in part:
            named[name if names[name] in named else names[name]] = part[name]
    return named
