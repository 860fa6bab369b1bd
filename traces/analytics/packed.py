"""Columns of a tree in few bytes: a million nodes stand in memory for as long as somebody looks at their run.

A list costs eight bytes for each value and the value besides: 32 for a number, 104 for an amount of money. Here a
number takes eight, an amount sixteen, a word four. They are read like lists; each gives back what was put in.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal, Inexact
from itertools import islice, repeat
from typing import Any, TypeVar, overload

Word = TypeVar("Word", bound="str | None")

UNKNOWN, BEYOND = -(2**63), -(2**63) + 1
"""What stands for None, and for what 64 bits cannot hold: no amount that anybody counts."""

DECIMALS = 18
"""Of an amount of money, as the tables keep it; see `traces.models.Node.cost`."""
WHOLE_DECIMALS = 9
FINE = 10 ** (DECIMALS - WHOLE_DECIMALS)
EXACT = Context(prec=60, traps=[Inexact])


class Numbers(Sequence[int | None]):
    """Whole numbers, or None, in eight bytes each; one beyond 64 bits stands apart and is as exact."""

    __slots__ = ("_apart", "_has_gaps", "_values", "known")

    def __init__(self, values: Iterable[int | None] = ()) -> None:
        self._values = array("q")
        self._apart: dict[int, int] = {}
        self._has_gaps = False
        self.known = 0
        self.extend(values)

    def extend(self, values: Iterable[int | None]) -> None:
        """Add values at the end."""
        more = values if isinstance(values, tuple | list) else list(values)
        gaps = more.count(None)
        self.known += len(more) - gaps
        self._has_gaps = self._has_gaps or gaps > 0
        if gaps == len(more):
            self._values.extend(array("q", [UNKNOWN]) * gaps)
            return
        self._values.extend(self._packed(more, has_gaps=gaps > 0))

    def _packed(self, more: Sequence[int | None], *, has_gaps: bool) -> array[int]:
        if UNKNOWN in more or BEYOND in more:
            return self._set_apart(more)
        filled: Any = [UNKNOWN if each is None else each for each in more] if has_gaps else more
        try:
            return array("q", filled)
        except OverflowError:
            return self._set_apart(more)

    def _set_apart(self, more: Sequence[int | None]) -> array[int]:
        self._has_gaps = True
        packed = array("q")
        for at, value in enumerate(more, start=len(self._values)):
            fits = value is None or BEYOND < value < -UNKNOWN
            if value is not None and not fits:
                self._apart[at] = value
            packed.append(UNKNOWN if value is None else value if fits else BEYOND)
        return packed

    def of(self, rows: Iterable[int]) -> Iterator[int | None]:
        """Return the values of these rows."""
        return (
            self._read(map(self._values.__getitem__, rows))
            if not self._apart
            else map(self.__getitem__, rows)
        )

    def _read(self, values: Iterable[int], unknown: int = UNKNOWN) -> Iterator[int | None]:
        if self._has_gaps:
            # A list, though it takes room for a moment: a generator takes twice as long.
            return iter([None if each == unknown else each for each in values])
        return iter(values)

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, at: int) -> int | None: ...
    @overload
    def __getitem__(self, at: slice) -> list[int | None]: ...
    def __getitem__(self, at: int | slice) -> int | list[int | None] | None:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        value = self._values[at]
        if value > BEYOND:
            return value
        return None if value == UNKNOWN else self._apart[at % len(self)]

    def __iter__(self) -> Iterator[int | None]:
        if not self.known:
            return repeat(None, len(self))
        return self.of(range(len(self))) if self._apart else self._read(self._values)


class Amounts(Sequence[Decimal | None]):
    """Amounts of money, or None, exact to `DECIMALS` places, in sixteen bytes each. Raises Inexact for finer ones.

    `whole` counts billionths, `fine` the billionths of those: both can be added up.
    """

    __slots__ = ("fine", "whole")

    def __init__(self, values: Iterable[Decimal | None] = ()) -> None:
        self.whole, self.fine = Numbers(), Numbers()
        self.extend(values)

    def extend(self, values: Iterable[Decimal | None]) -> None:
        """Add values at the end."""
        self.extend_units(None if value is None else _units(value) for value in values)

    def extend_units(self, units: Iterable[int | None]) -> None:
        """Add values at the end, counted in the smallest amount there is."""
        units = list(units)
        self.whole.extend([None if each is None else each // FINE for each in units])
        self.fine.extend([None if each is None else each % FINE for each in units])

    def __len__(self) -> int:
        return len(self.fine)

    @overload
    def __getitem__(self, at: int) -> Decimal | None: ...
    @overload
    def __getitem__(self, at: slice) -> list[Decimal | None]: ...
    def __getitem__(self, at: int | slice) -> Decimal | list[Decimal | None] | None:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return amount_of(self.whole[at], self.fine[at])

    def __iter__(self) -> Iterator[Decimal | None]:
        return map(amount_of, self.whole, self.fine)


class Words(Sequence[Word]):
    """Words of a few different ones, or None, in four bytes each.

    `codes` has the number of each, in the order in which they first came, as `names` tells them; -1 stands for None.
    """

    __slots__ = ("_code_of", "_words", "codes")

    def __init__(self, words: Iterable[Word] = ()) -> None:
        self.codes = array("i")
        self._words: list[Any] = [None]
        self._code_of = _Codes({None: -1})
        self.extend(words)

    def extend(self, words: Iterable[Word]) -> None:
        """Add words at the end."""
        self.codes.extend(map(self._code_of.__getitem__, words))
        # None stays the last, where -1 finds it.
        self._words[-1:] = [*islice(self._code_of, len(self._words), None), None]

    @property
    def names(self) -> list[str]:
        """The words there are."""
        return [word for word in self._words if word is not None]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, at: int) -> Word: ...
    @overload
    def __getitem__(self, at: slice) -> list[Word]: ...
    def __getitem__(self, at: int | slice) -> Word | list[Word]:
        if isinstance(at, slice):
            return [self._words[code] for code in self.codes[at]]
        found: Word = self._words[self.codes[at]]
        return found

    def __iter__(self) -> Iterator[Word]:
        return map(self._words.__getitem__, self.codes)


def amount_of(whole: int | None, fine: int | None) -> Decimal | None:
    """Return the amount of so many billionths and billionths of those."""
    if whole is None or fine is None:
        return None
    return EXACT.scaleb(Decimal(whole * FINE + fine), -DECIMALS)


class _Codes(dict[str | None, int]):
    """Word → its number, which it gets when it is first asked for."""

    def __missing__(self, word: str | None) -> int:
        self[word] = code = len(self) - 1
        return code


def _units(amount: Decimal) -> int:
    return int(EXACT.to_integral_exact(EXACT.scaleb(amount, DECIMALS)))
