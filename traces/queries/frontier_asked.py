"""What can be asked of accuracy against cost, read from an address: page and API have the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from traces.analytics.difficulty import Difficulty
from traces.queries.asked import LONGEST_NAME, Unaskable
from traces.queries.frontier_curves import Rule


class By(StrEnum):
    """What makes runs one system, whose accuracy is told together."""

    MODEL = "model"
    """The models that were called."""
    EFFORT = "effort"
    """The reasoning effort."""
    TIER = "tier"
    """The tier that the run was given."""
    STRATEGY = "strategy"
    """How compute is spent."""
    TAGS = "tags"
    """All tags together."""
    PROJECT = "project"
    """The project."""


class Axis(StrEnum):
    """What accuracy is held against; of a question, on average."""

    COST = "cost"
    """US dollars."""
    TOKENS = "tokens"
    """Input and output."""
    SAMPLES = "samples"
    """How many answers are drawn."""


RIGHT = "right"
"""As measure: the share of questions that are known to be answered rightly; else it is a verifier's score."""
USUAL_BY = (By.MODEL, By.EFFORT, By.TIER, By.STRATEGY)
NAMES = ("by", "axis", "measure", "judge", "rules", "bin", "system")
"""Those beside the filters of the list of runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierAsked:
    """What is asked; None, and no rules, is chosen by what was recorded. `measure` is RIGHT or a verifier's name."""

    by: tuple[By, ...] = USUAL_BY
    axis: Axis | None = None
    measure: str | None = None
    judge: str | None = None
    rules: tuple[Rule, ...] = ()
    difficulty: Difficulty | None = None
    system: str | None = None


def read_frontier_asked(asked: Mapping[str, Sequence[str]]) -> FrontierAsked:
    """Return what an address asks for, each name with all its values, also with commas between them.

    Raises Unaskable.
    """
    axes = _words(asked, "axis", Axis)
    return FrontierAsked(
        by=tuple(_words(asked, "by", By)) or USUAL_BY,
        axis=axes[-1] if axes else None,
        measure=_name(asked, "measure"),
        judge=_name(asked, "judge"),
        rules=tuple(_words(asked, "rules", Rule)),
        difficulty=_difficulty(asked),
        system=_name(asked, "system"),
    )


def _words(asked: Mapping[str, Sequence[str]], name: str, words: type[StrEnum]) -> list:  # type: ignore[type-arg]
    told = [word.strip() for value in asked.get(name, ()) for word in value.split(",")]
    known = [each.value for each in words]
    for word in filter(None, told):
        if word not in known:
            raise Unaskable(
                gettext("{name} must be one of: {known}.").format(name=name, known=", ".join(known))
            )
    return [each for each in words if each.value in told]


def _name(asked: Mapping[str, Sequence[str]], name: str) -> str | None:
    told = [each for each in asked.get(name, ()) if each]
    if told and (len(told[-1]) > LONGEST_NAME or "\x00" in told[-1]):
        raise Unaskable(gettext("{name} is no name.").format(name=name))
    return told[-1] if told else None


def _difficulty(asked: Mapping[str, Sequence[str]]) -> Difficulty | None:
    told = [each for each in asked.get("bin", ()) if each]
    found = {str(each.number): each for each in Difficulty}
    if told and told[-1] not in found:
        raise Unaskable(
            gettext("{name} must be one of: {known}.").format(name="bin", known=", ".join(found))
        )
    return found[told[-1]] if told else None
