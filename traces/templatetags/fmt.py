"""How numbers, times and money are written; the browser's `static/js/words.js` says the same.

Unknown is written as an en dash, never as zero. Money carries its currency.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.utils.translation import get_language, gettext, ngettext

from traces.queries.ending import tell_silence
from traces.queries.spoken import spoken

register = template.Library()
UNKNOWN = "–"
GLYPHS = {"open": "○", "selected": "◆", "kept": "●", "discarded": "◌", "failed": "✕"}
MARKS = {"accept": "✓", "reject": "✗", "unsure": "?", "error": "!", "timeout": "◷"}
ENDED_WELL = {"completed"}
ENDED_BADLY = {"failed", "crashed", "lost", "killed", "rejected", "unconfirmed", "limit_exceeded"}
HELD = {"pausing", "paused", "awaiting_approval", "awaiting_input", "cancelling", "killing"}


@register.filter
def money(amount: Decimal | None) -> str:
    """Dollars: two decimals from a cent upward, two significant digits below."""
    if amount is None:
        return UNKNOWN
    if amount == 0:
        return "$0"
    if abs(amount) >= Decimal("0.01"):
        return f"${amount:,.2f}"
    return f"${Decimal(f'{amount:.1e}'):f}"


@register.filter
def dollars(amount: float | None) -> str:
    """Dollars that were computed, such as a mean: below one, three significant digits, for they are compared."""
    if amount is None:
        return UNKNOWN
    if abs(amount) >= 1 or amount == 0:
        return money(Decimal(repr(float(amount))))
    return f"${Decimal(f'{amount:.2e}'):f}"


@register.filter
def silence(reason: str | None) -> str:
    """Why a run of which no end was reported is taken to be over."""
    return tell_silence(reason or "")


@register.filter
def exact(amount: Decimal | None) -> str:
    """Every digit that counts, without padding zeros and never with an exponent: 2.5, 0.000001."""
    if amount is None:
        return UNKNOWN
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def short(count: int | None) -> str:
    """1,234 · 45.7k · 1.23M."""
    if count is None:
        return UNKNOWN
    if count < 10_000:
        return f"{count:,}"
    if count < 999_950:
        return f"{count / 1000:.1f}k"
    return f"{count / 1e6:.2f}M"


@register.filter
def grouped(count: int | None) -> str:
    """1,234,567: every digit."""
    return UNKNOWN if count is None else f"{count:,}"


@register.filter
def duration(ns: int | None) -> str:
    """Nanoseconds as 340 ms, 3.2 s, 2 min 5 s, 1 h 3 min."""
    if ns is None:
        return UNKNOWN
    if ns < 1_000_000_000:
        return f"{ns / 1e6:.0f} ms" if ns >= 1_000_000 else f"{ns / 1e3:.0f} µs"
    seconds = ns // 1_000_000_000
    if seconds < 60:
        return f"{ns / 1e9:.1f} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


@register.filter
def iso(ns: int | None) -> str:
    """Nanoseconds since 1970 as RFC 3339 with milliseconds; empty when unknown or out of the calendar."""
    moment = _moment(ns)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else ""


@register.filter
def when(ns: int | None) -> str:
    """Nanoseconds since 1970 as "3 Aug 2026, 14:02:11 UTC"."""
    moment = _moment(ns)
    return f"{moment.day} {moment:%b %Y, %H:%M:%S} UTC" if moment else UNKNOWN


def _moment(ns: int | None) -> datetime | None:
    if ns is None:
        return None
    try:
        return datetime.fromtimestamp(ns // 1_000_000_000, UTC).replace(
            microsecond=ns % 1_000_000_000 // 1000
        )
    except (ValueError, OverflowError, OSError):
        return None


@register.filter
def size(count: int | None) -> str:
    """Bytes as 812 B, 64 KiB, 1.5 MiB."""
    if count is None:
        return UNKNOWN
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KiB"
    return f"{count / 1024 / 1024:.1f} MiB"


@register.filter
def percent(share: float | Decimal | None) -> str:
    """0.375 as 38 %; what is more than nothing and less than one percent says so."""
    if share is None:
        return UNKNOWN
    if 0 < share < 0.005:
        return "< 1 %"
    return f"{share * 100:.0f} %"


@register.filter
def tenths(share: float | None) -> str:
    """0.3751 as 37.5 %: to a tenth, where shares are compared."""
    return UNKNOWN if share is None else f"{share * 100:.1f} %"


@register.filter
def times(ratio: float | None) -> str:
    """How many times as much: 1× · 3.2× · 140×."""
    if ratio is None:
        return UNKNOWN
    return f"{ratio:,.0f}×" if ratio >= 100 else f"{ratio:.2g}×"


@register.filter
def number(value: float | Decimal | None) -> str:
    """A score with at most four significant digits, without trailing zeros."""
    return UNKNOWN if value is None else f"{value:.4g}"


@register.filter
def width(share: float | Decimal | None) -> str:
    """A share as the width attribute of a bar: never below nothing, never beyond the whole."""
    return f"{min(max(float(share or 0), 0.0), 1.0) * 100:.2f}%"


@register.filter
def in_hundred(share: float | None) -> int:
    """A share as a whole number of percent, for a meter."""
    return round(min(max(share or 0.0, 0.0), 1.0) * 100)


@register.filter
def plain(word: object) -> str:
    """A word of the vocabulary as people write it: awaiting_approval is "awaiting approval", in the page's language.

    Not for what others wrote, which may be a word of the vocabulary by chance: `spaced`.
    """
    return UNKNOWN if word in (None, "") else spoken(str(word))


@register.filter
def text_withheld(visibility: str) -> str:
    """What stands in the place of a text that is not there in full."""
    return _withheld(visibility, get_language())


@lru_cache(maxsize=64)
def _withheld(visibility: str, language: str | None) -> str:
    if visibility == "none":
        return gettext("text not reported")
    return gettext("text {withheld}").format(withheld=plain(visibility))


@register.filter
def on_scale(scale: str) -> str:
    """Which scale a value is on, after the value: "on probability"."""
    return _on(get_language()).format(scale=scale)


@lru_cache(maxsize=64)
def _on(language: str | None) -> str:
    return gettext("on {scale}")


@register.filter
def spaced(name: object) -> str:
    """A name that others gave, with spaces for underscores."""
    return UNKNOWN if name in (None, "") else str(name).replace("_", " ")


@register.filter
def fate_glyph(fate: str) -> str:
    """The shape that goes with the word."""
    return GLYPHS.get(fate, "·")


@register.filter
def verdict_mark(outcome: str) -> str:
    """The shape that goes with a verdict's word."""
    return MARKS.get(outcome, "·")


@register.filter
def state_tone(state: str) -> str:
    """Which chip an observed state is: live, done, hold, bad or quiet."""
    if state in ENDED_WELL:
        return "done"
    if state in ENDED_BADLY:
        return "bad"
    if state in HELD:
        return "hold"
    return "quiet" if state in {"cancelled", "queued"} else "live"


@register.filter
def plural(count: int, words: str) -> str:
    """`3|plural:"vote,votes"` is "3 votes", and `3|plural:"in {n} cluster,in {n} clusters"` what it says."""
    return ngettext(*counted_forms(words), count).format(n=f"{count:,}")


@lru_cache(maxsize=4096)
def counted_forms(words: str) -> tuple[str, str]:
    """The two messages of `plural`: "vote,votes" is ("{n} vote", "{n} votes")."""
    one, many = (form if "{n}" in form else f"{{n}} {form}" for form in words.split(","))
    return one, many


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """What a mapping holds under a key that is itself a variable."""
    return mapping.get(key)
