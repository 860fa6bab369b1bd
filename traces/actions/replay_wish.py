"""What somebody wants of a replay, and whether it has the form that its mode needs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from deliberation.vocabulary import DIMENSIONS, ReplayMode
from traces.actions.conflict import Unfit
from traces.actions.order import check_limit
from traces.queries.access import is_storable

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
MAX_OVERRIDES_BYTES = 16 * 1024
MAX_OVERRIDES = 50
BUDGET = "budget"
TEXTS = ("model", "prompt")
WHOLE = ("seed", "n", "width")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWish:
    """A replay as it was asked for. `overrides` are by name; `budget` among them is dimension → hard limit, as text.

    `request_id` is the asker's own: the same again is the same replay, whatever else comes with it.
    """

    request_id: str
    mode: ReplayMode
    from_node: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    is_strict: bool = True

    @property
    def likeness(self) -> str:
        """SHA-256 of what is asked for, as hex: two who want the same get one replay while it is open."""
        asked = [self.mode.value, self.from_node, self.overrides, self.is_strict]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    @property
    def point(self) -> str:
        """What of a run is replayed one at a time."""
        return f"{self.mode.value}:{self.from_node or ''}"


def check_wish(wish: ReplayWish) -> None:
    """Raise Unfit, with the field and a sentence, unless the wish has the form that its mode needs."""
    if not REQUEST_ID.fullmatch(wish.request_id):
        raise Unfit("request_id", gettext("must be 1 to 64 letters, digits and . _ : -"))
    if wish.mode is ReplayMode.FORK and not wish.from_node:
        raise Unfit("from_node", gettext("name the node from which the fork is live"))
    if wish.mode is not ReplayMode.FORK and wish.from_node is not None:
        raise Unfit("from_node", gettext("belongs to a fork"))
    if wish.mode is ReplayMode.RECORDED and wish.overrides:
        raise Unfit("overrides", gettext("belong to a fork or a live replay: this one repeats"))
    _check_overrides(wish.overrides)


def _check_overrides(overrides: Mapping[str, Any]) -> None:
    if len(overrides) > MAX_OVERRIDES or _size(overrides) > MAX_OVERRIDES_BYTES:
        raise Unfit(
            "overrides",
            gettext("must be at most {most} names in at most {bytes} bytes of JSON").format(
                most=MAX_OVERRIDES, bytes=MAX_OVERRIDES_BYTES
            ),
        )
    for name, value in overrides.items():
        if not NAME.fullmatch(name):
            raise Unfit("overrides", gettext("names are letters, digits and _, at most 64"))
        _check_override(name, value)


def _check_override(name: str, value: Any) -> None:
    place = f"overrides.{name}"
    if name == BUDGET:
        _check_budget(value)
    elif name in TEXTS and not (isinstance(value, str) and value.strip()):
        raise Unfit(place, gettext("must be a text"))
    elif name in WHOLE and not (isinstance(value, int) and not isinstance(value, bool)):
        raise Unfit(place, gettext("must be a whole number"))
    elif name == "temperature" and not (_is_number(value) and value >= 0):
        raise Unfit(place, gettext("must be a number, 0 or more"))


def _check_budget(limits: Any) -> None:
    if not isinstance(limits, dict) or not limits or not limits.keys() <= set(DIMENSIONS):
        known = ", ".join(DIMENSIONS)
        raise Unfit("overrides.budget", gettext("must be some of {known}").format(known=known))
    for dimension, limit in limits.items():
        if not isinstance(limit, str):
            raise Unfit(f"overrides.budget.{dimension}", gettext("must be a decimal number"))
        check_limit(f"overrides.budget.{dimension}", limit)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _size(overrides: Mapping[str, Any]) -> int:
    """Return the bytes of the JSON. Raises Unfit for what no JSON is, or Postgres could not hold."""
    try:
        text = json.dumps(overrides, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise Unfit("overrides", gettext("must be a JSON object")) from None
    # Within JSON a NUL is written as an escape, and lies in wait for whoever reads it.
    if not is_storable(text) or "\\u0000" in text:
        raise Unfit("overrides", gettext("hold a character that cannot be kept"))
    return len(text.encode())
