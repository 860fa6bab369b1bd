"""What the address of a list of runs asks for, read: every view of the list is an address that can be kept and sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.utils.translation import gettext

from deliberation.vocabulary import ObservedState, SignOff, Strategy, StrategySource
from traces.queries.run_filters import UNSIGNED, RunFilters
from traces.queries.run_order import RunOrder

MAX_CHARS = 300
NAMES = (
    "q", "state", "strategy", "strategy_source", "model", "tag", "within", "since", "until", "cost_from", "cost_to",
    "discarded", "approval", "signed", "noted", "project", "sort",
)  # fmt: skip
WITHIN = {
    "hour": dt.timedelta(hours=1),
    "day": dt.timedelta(days=1),
    "week": dt.timedelta(days=7),
    "month": dt.timedelta(days=30),
}
"""Stretches of time up to now, so that a view that was kept stays of use."""
CHOICES = {
    "state": tuple(state.value for state in ObservedState),
    "strategy": tuple(strategy.value for strategy in Strategy),
    "strategy_source": tuple(source.value for source in StrategySource),
    "within": tuple(WITHIN),
    "discarded": ("1",),
    "approval": ("1",),
    "signed": (*(each.value for each in SignOff), UNSIGNED),
    "noted": ("1",),
    "sort": tuple(order.value for order in RunOrder),
}


class Unreadable(Exception):
    """An address asks for something that is none; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class RunFilterForm:
    """What was asked, by name, as it stands in the address; what was left empty is left out."""

    values: dict[str, str]

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> RunFilterForm:
        """Return the form as an address fills it in. Raises Unreadable for what is not among the choices."""
        values = {name: asked[name].strip() for name in NAMES if asked.get(name, "").strip()}
        for name, value in values.items():
            if len(value) > MAX_CHARS:
                raise Unreadable(
                    gettext("{name} is longer than {most} characters.").format(
                        name=name, most=MAX_CHARS
                    )
                )
            if name in CHOICES and value not in CHOICES[name]:
                raise Unreadable(
                    gettext("{name} must be one of: {known}.").format(
                        name=name, known=", ".join(CHOICES[name])
                    )
                )
        return cls(values)

    @property
    def order(self) -> RunOrder:
        """In which order."""
        return RunOrder(self.values.get("sort", RunOrder.NEWEST))

    @property
    def address(self) -> str:
        """The query of the address that says the same."""
        return urlencode(self.values)

    @property
    def is_filtered(self) -> bool:
        """True when something narrows the list."""
        return bool(self.values.keys() - {"sort"})

    @property
    def is_detailed(self) -> bool:
        """True when something narrows it that stands under "More filters"."""
        return bool(self.values.keys() - {"sort", "q", "state", "strategy", "within"})

    def filters(self, now: dt.datetime) -> RunFilters:
        """Return what narrows the list. Raises Unreadable."""
        values = self.values
        within = WITHIN.get(values.get("within", ""))
        since = self._moment("since")
        if within is not None:
            since = max(since or now - within, now - within)
        return RunFilters(
            q=values.get("q"),
            state=values.get("state"),
            strategy=values.get("strategy"),
            strategy_source=values.get("strategy_source"),
            model=values.get("model"),
            tag=values.get("tag"),
            project=values.get("project"),
            since=since,
            until=self._moment("until"),
            cost_from=self._amount("cost_from"),
            cost_to=self._amount("cost_to"),
            has_discarded="discarded" in values,
            needs_approval="approval" in values,
            signed=values.get("signed"),
            has_notes="noted" in values,
        )

    def _moment(self, name: str) -> dt.datetime | None:
        if name not in self.values:
            return None
        try:
            moment = dt.datetime.fromisoformat(self.values[name])
        except ValueError:
            raise Unreadable(
                gettext("{name} is written 2026-11-24 or 2026-11-24T18:30, in UTC.").format(
                    name=name
                )
            ) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

    def _amount(self, name: str) -> Decimal | None:
        if name not in self.values:
            return None
        try:
            amount = Decimal(self.values[name].removeprefix("$"))
        except InvalidOperation:
            amount = Decimal("nan")
        if not amount.is_finite() or not 0 <= amount < 10**18:
            raise Unreadable(
                gettext("{name} is an amount in US dollars such as 0.50.").format(name=name)
            )
        return amount
