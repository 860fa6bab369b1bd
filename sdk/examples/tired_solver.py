"""Arithmetic as on paper, by somebody who is tired: it slips where people do, and not on purpose."""

from __future__ import annotations

import random
import re

SLIP = 0.07
LOST = 0.004


class LostPlace(Exception):
    """The solver no longer knows where in the sum it is."""


class TiredSolver:
    """Works out `left * right + more` digit by digit; `lines` is what stands on the paper.

    At each carry it may forget the carry, and now and then it loses its place and says so.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.lines: list[str] = []

    def solve(self, left: int, right: int, more: int) -> str:
        """Return all that it wrote; the answer, where it came to one, is the last integer."""
        try:
            total = self._add(self._multiply(left, right), more)
        except LostPlace:
            return "\n".join([*self.lines, "I have lost my place and cannot say."])
        return "\n".join([*self.lines, f"The answer is {total}."])

    def _multiply(self, left: int, right: int) -> int:
        total = 0
        for place, digit in enumerate(_digits(right)):
            row = self._multiply_digit(left, digit) * 10**place
            self.lines.append(f"{left} * {digit * 10**place} = {row}")
            total = self._add(total, row) if place else row
        self.lines.append(f"{left} * {right} = {total}")
        return total

    def _multiply_digit(self, number: int, digit: int) -> int:
        digits, carry = [], 0
        for each in _digits(number):
            carry, kept = divmod(each * digit + carry, 10)
            digits.append(kept)
            carry = self._remember(carry)
        return _number([*digits, carry])

    def _add(self, left: int, right: int) -> int:
        digits, carry = [], 0
        length = max(len(str(left)), len(str(right)))
        for one, other in zip(_digits(left, length), _digits(right, length), strict=True):
            carry, kept = divmod(one + other + carry, 10)
            digits.append(kept)
            carry = self._remember(carry)
        total = _number([*digits, carry])
        self.lines.append(f"{left} + {right} = {total}")
        return total

    def _remember(self, carry: int) -> int:
        if self._chance.random() < LOST:
            raise LostPlace
        return 0 if carry and self._chance.random() < SLIP else carry


def last_integer(text: str) -> str | None:
    """Return the answer as it is compared, or None when the last line has none."""
    found = re.findall(r"\d+", text.splitlines()[-1])
    return found[-1] if found else None


def _digits(number: int, length: int = 1) -> list[int]:
    return [int(digit) for digit in reversed(str(number).zfill(length))]


def _number(digits: list[int]) -> int:
    return sum(digit * 10**place for place, digit in enumerate(digits))
