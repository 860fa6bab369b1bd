"""answer.selected"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSelected(Event):
    """One node was chosen as the answer, by a rule, against a runner-up."""

    KIND: ClassVar[str] = "answer.selected"

    node: str = required("The node that was returned.")
    rule: str | None = fact("The rule: majority, argmax score, first accepted.")
    runner_up: str | None = fact("The best node that was not returned.")
    margin: float | None = fact("By how much it won, in the rule's own unit.")
    margin_unit: str | None = fact("That unit: votes, score.")
    tie_break: str | None = fact("How a tie was broken, when there was one.")
