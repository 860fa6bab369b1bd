"""Which convention a record follows, by what it carries rather than by who claims to have written it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingest.mapping import genai, generic, openinference
from ingest.wire.span import Attributes


@dataclass(frozen=True, slots=True)
class Convention:
    """A convention's name, the test for it, and the function that takes node facts out of
    attributes.

    `fill(rest, name)` gets its own copy of the attributes and the record's name; it takes out of
    `rest` what it returns as fields of `NodeFacts`, and leaves the rest.
    """

    name: str
    recognises: Callable[[Attributes], bool]
    fill: Callable[[Attributes, str], dict[str, Any]]


CONVENTIONS = (
    Convention(openinference.NAME, openinference.recognises, openinference.fill),
    Convention(genai.NAME, genai.recognises, genai.fill),
    Convention(generic.NAME, generic.recognises, generic.fill),
)
"""In order of precedence: a record that follows two is read by the first, and keeps the other's attributes."""


def choose(attributes: Attributes) -> Convention:
    """Return the convention that a record follows."""
    return next(each for each in CONVENTIONS if each.recognises(attributes))
