"""The form of a replay, read."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import DIMENSIONS, ReplayMode
from traces.actions.conflict import Unfit
from traces.actions.replay_wish import TEXTS, WHOLE, ReplayWish
from traces.views.unfit_words import tell_of

MAX_FIELD_CHARS = 16 * 1024
SUBJECTS: dict[str, Promise] = {
    "mode": _("The mode"),
    "from_node": _("The node"),
    "model": _("The model"),
    "prompt": _("The prompt"),
    "temperature": _("The temperature"),
    "seed": _("The seed"),
    "n": _("The number of samples"),
    "width": _("The width"),
    "others": _("The other parameters"),
    "overrides": _("The changes"),
    "request_id": _("The ticket of the form"),
    "run_id": _("The run"),
}
FIELDS = ("mode", "from_node", "strict", *TEXTS, *WHOLE, "temperature", "others")


def read_wish(sent: QueryDict) -> ReplayWish:
    """Return what is asked for. What belongs to another mode than the chosen one is left out. Raises Unfit."""
    mode = _mode(sent.get("mode", ""))
    return ReplayWish(
        request_id=sent.get("request_id", ""),
        mode=mode,
        from_node=sent.get("from_node", "").strip() or None if mode is ReplayMode.FORK else None,
        overrides={} if mode is ReplayMode.RECORDED else _overrides(sent),
        is_strict=sent.get("strict") != "no",
    )


def tell_wrong(unfit: Unfit) -> str:
    """Return what cannot be taken of the form, as a sentence."""
    name = unfit.field.removeprefix("overrides.")
    if name.startswith("budget"):
        return tell_of(_("A limit"), unfit.sentence)
    return tell_of(SUBJECTS.get(name, name), unfit.sentence)


def _mode(word: str) -> ReplayMode:
    try:
        return ReplayMode(word)
    except ValueError:
        known = ", ".join(mode.value for mode in ReplayMode)
        raise Unfit("mode", gettext("must be one of: {known}").format(known=known)) from None


def _overrides(sent: QueryDict) -> dict[str, Any]:
    found = _others(sent.get("others", "").strip())
    budget = {name: text for name in DIMENSIONS if (text := sent.get(f"budget_{name}", "").strip())}
    if budget:
        found["budget"] = budget
    for name in TEXTS:
        if text := sent.get(name, "").strip():
            found[name] = text
    for name in WHOLE:
        if text := sent.get(name, "").strip():
            found[name] = _whole(name, text)
    if text := sent.get("temperature", "").strip():
        found["temperature"] = _number(text)
    return found


def _others(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        plain = json.loads(text[:MAX_FIELD_CHARS])
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        raise Unfit("others", gettext("must be a JSON object"))
    return plain


def _whole(name: str, text: str) -> int:
    try:
        return int(text[:20])
    except ValueError:
        raise Unfit(name, gettext("must be a whole number")) from None


def _number(text: str) -> float:
    try:
        return float(text[:40].replace(",", "."))
    except ValueError:
        raise Unfit("temperature", gettext("must be a number, 0 or more")) from None
