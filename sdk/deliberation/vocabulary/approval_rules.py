"""Which actions wait for a person: one rule for the program that asks and the server that is asked."""

from __future__ import annotations

from dataclasses import dataclass

from deliberation.vocabulary.approvals import Risk
from deliberation.vocabulary.calls import SideEffect

RISKS = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule:
    """A project's wish to be asked. What is None there matches anything.

    A tool's name is matched exactly, never by its beginning. `risk` is the least that is asked about; an action
    whose risk is unknown, or in none of our words, is asked about too.
    """

    tool: str | None = None
    side_effect: SideEffect | None = None
    risk: Risk | None = None

    def asks_about(self, tool: str, side_effect: str | None, risk: str | None) -> bool:
        """Return True when such an action is to wait for a person."""
        is_tool = self.tool is None or self.tool == tool
        is_effect = self.side_effect is None or self.side_effect.value == side_effect
        return is_tool and is_effect and self._is_risky(risk)

    def _is_risky(self, risk: str | None) -> bool:
        if self.risk is None:
            return True
        known = {each.value: number for number, each in enumerate(RISKS)}
        return risk not in known or known[risk] >= RISKS.index(self.risk)


ALWAYS = ApprovalRule(side_effect=SideEffect.IRREVERSIBLE)
"""Holds in every project: what cannot be taken back waits for a person."""
