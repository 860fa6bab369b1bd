"""The semantic convention `deliberation.*`: what no other OpenTelemetry convention has words for.

Any OpenTelemetry API can set these attributes on a span, beside any other convention. They are defined here once and
written out twice:

    python -m deliberation.semconv docs/reference

writes `semconv.md` for people and `semconv.yaml` for machines, in the form of OpenTelemetry's own registry
("Semantic Convention YAML Language", OpenTelemetry Weaver). A test fails when they are not current,
and when the mapping does not read what is defined here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from deliberation.sentences import members_of
from deliberation.vocabulary import (
    DiscardReason,
    EdgeKind,
    Fate,
    Independence,
    NodeKind,
    SideEffect,
    Strategy,
    VerdictOutcome,
    VerifierKind,
)
from deliberation.vocabulary.budget import DIMENSIONS


class Carrier(str, Enum):
    """What an attribute is set on."""

    SPAN = "span"
    """Any span: it speaks of the span's node."""
    ROOT = "root span"
    """The span without a parent: it speaks of the whole run."""
    LINK = "span link"
    """A link of a span: it speaks of the relation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute. `type` is OpenTelemetry's word, or the closed list of its values; `example` is one value."""

    name: str
    type: str | type[Enum]
    carrier: Carrier
    about: str
    example: str | int | float | bool


def _of(carrier: Carrier, *given: tuple[str, str | type[Enum], str, object]) -> Iterator[Attribute]:
    for name, kind, about, example in given:
        assert isinstance(example, str | int | float)
        yield Attribute(
            name=f"deliberation.{name}", type=kind, carrier=carrier, about=about, example=example
        )


NODE = _of(
    Carrier.SPAN,
    (
        "kind",
        NodeKind,
        "What sort of node the span is; stands above what other conventions say.",
        "expansion",
    ),
    ("rank", "int", "The node's place among its siblings.", 2),
    ("depth", "int", "The node's level in the search.", 3),
    ("side_effect", SideEffect, "What a tool does to the world.", "read"),
)
SCORE = _of(
    Carrier.SPAN,
    ("value", "double", "The search's number for the node.", 0.7),
    ("visits", "int", "How often the search came by.", 12),
    ("prior", "double", "The policy's probability of the node before any visit.", 0.25),
    ("scale_min", "double", "The least that `value` can be.", 0.0),
    ("scale_max", "double", "The most that `value` can be.", 1.0),
    ("scorer", "string", "What gave the number: a model, a function, a rule.", "value-prompt"),
)
FATE = _of(
    Carrier.SPAN,
    ("fate", Fate, "What became of the node.", "discarded"),
    ("reason", DiscardReason, "Why it was discarded.", "pruned_low_value"),
    ("by", "string", "Who or what decided its fate.", "beam"),
    ("cutoff", "double", "The number that `value` had to reach.", 0.8),
)
CANDIDATE = _of(
    Carrier.SPAN,
    (
        "candidate",
        "string",
        "The answer that the node holds; or true, when its output is the answer.",
        "42",
    ),
    ("normalised", "string", "The answer as it is compared with others.", "42"),
    ("normaliser", "string", "The name of the rule that normalised it.", "last-number"),
    ("cluster", "string", "The group of equal answers it belongs to.", "42"),
    ("votes", "int", "Votes for the answer, or that decided the fate.", 5),
    ("weight", "double", "The weight of the answer in the vote.", 0.5),
    ("correct", "boolean", "Whether the answer agrees with a reference.", True),
)
VERDICT = _of(
    Carrier.SPAN,
    ("verdict", VerdictOutcome, "What a verifier said.", "accept"),
    ("verdict.verifier", "string", "The verifier's name; the span's name when absent.", "pytest"),
    ("verdict.version", "string", "The verifier's version.", "8.4"),
    ("verdict.kind", VerifierKind, "What sort of verifier it is.", "unit_test"),
    ("verdict.score", "double", "The verifier's number.", 0.9),
    ("verdict.scale_min", "double", "The least that the score can be.", 0.0),
    ("verdict.scale_max", "double", "The most that the score can be.", 1.0),
    ("verdict.threshold", "double", "The score from which it accepts.", 0.5),
    (
        "verdict.independence",
        Independence,
        "How far the verifier stands from what it judges.",
        "other_model",
    ),
    ("verdict.saw_reference", "boolean", "Whether it saw the reference answer.", False),
    ("verdict.rationale", "string", "Why, in its own words.", "all 12 tests pass"),
    (
        "verdict.subject",
        "string",
        "The id (16 hex digits) of the span that is judged; else the parent of a verification, else the span itself.",
        "00f067aa0ba902b7",
    ),
)
CHOICE = _of(
    Carrier.SPAN,
    ("selected", "boolean", "True on the span whose answer was returned.", True),
    ("rule", "string", "The rule that selected it.", "majority"),
    ("runner_up", "string", "The id of the span that came second.", "00f067aa0ba902b7"),
    ("margin", "double", "By how much it won.", 3.0),
    ("margin_unit", "string", "What the margin counts.", "votes"),
)
RUN = _of(
    Carrier.ROOT,
    ("strategy", Strategy, "The form of test-time compute.", "best_of_n"),
    ("effort", "string", "The reasoning effort asked of the provider.", "high"),
    ("tier", "string", "The service tier the user is on.", "pro"),
    ("high_compute", "boolean", "Whether the system calls this its high-compute mode.", True),
    (
        "stated_confidence",
        "double",
        "The confidence the system stated with its answer, 0 to 1.",
        0.8,
    ),
    ("stop_reason", "string", "Why the run ended, in a word.", "converged"),
    *(
        (f"budget.{name}", "string", f"The hard limit of {name}, as a decimal.", "20")
        for name in DIMENSIONS
    ),
)
LINK = _of(
    Carrier.LINK,
    (
        "edge",
        EdgeKind,
        "What the span does to the span it links to, in its own trace or in another.",
        "votes_into",
    ),
)

ATTRIBUTES = (*NODE, *SCORE, *FATE, *CANDIDATE, *VERDICT, *CHOICE, *RUN, *LINK)


OPENING = """# The semantic convention `deliberation.*`

What no other OpenTelemetry convention has words for: candidates, fates, values, verdicts, budgets. Set these attributes
on spans with any OpenTelemetry API, beside any other convention; they stay among the attributes. A value that is not of
its list or type is passed over, and stays too. All are optional. For machines the same is in
[semconv.yaml](semconv.yaml); both are made from `deliberation.semconv`."""

EXAMPLE = """An example: five samples of one question, one of them returned. Each sample is a span with
`deliberation.kind` = `sample` and `deliberation.candidate` = its answer. The check of a sample is a child span with
`deliberation.kind` = `verification` and `deliberation.verdict` = `accept` or `reject`. The sample that was returned has
`deliberation.selected` = true, the others `deliberation.fate` = `discarded` with their `deliberation.reason`. On the
root span stands `deliberation.strategy` = `best_of_n`."""


def write_page() -> str:
    """Return the convention as a page of Markdown."""
    return "\n".join(_page()) + "\n"


def write_registry() -> str:
    """Return the convention as YAML, in the form of OpenTelemetry's registry."""
    return "\n".join(_registry()) + "\n"


def _page() -> Iterator[str]:
    yield OPENING
    for carrier in Carrier:
        yield f"\n## On a {carrier.value}\n\n| attribute | type | about | example |\n|---|---|---|---|"
        for each in ATTRIBUTES:
            if each.carrier is carrier:
                kind = each.type if isinstance(each.type, str) else f"one of `{each.type.__name__}`"
                yield f"| `{each.name}` | {kind} | {each.about} | `{_scalar(each.example)}` |"
    yield "\n## Lists of values\n"
    for values in dict.fromkeys(each.type for each in ATTRIBUTES if not isinstance(each.type, str)):
        yield f"### {values.__name__}\n"
        yield from (f"- `{name}`: {sentence}" for name, sentence in members_of(values))
        yield ""
    yield EXAMPLE


def _registry() -> Iterator[str]:
    yield "# Made by `python -m deliberation.semconv`; see semconv.md."
    yield "groups:"
    yield "  - id: registry.deliberation"
    yield "    type: attribute_group"
    yield "    display_name: Deliberation"
    yield "    brief: What a system that thinks longer tried, scored, checked, discarded and chose."
    yield "    attributes:"
    for each in ATTRIBUTES:
        yield f"      - id: {each.name}"
        yield from _typed(each)
        yield "        stability: development"
        yield f"        brief: {_quoted(f'{each.about} Set on a {each.carrier.value}.')}"
        yield f"        examples: [{_scalar(each.example, quoted=True)}]"


def _typed(attribute: Attribute) -> Iterator[str]:
    if isinstance(attribute.type, str):
        yield f"        type: {attribute.type}"
        return
    yield "        type:"
    yield "          members:"
    for name, sentence in members_of(attribute.type):
        yield f"            - id: {name}"
        yield f"              value: {_quoted(name)}"
        yield f"              brief: {_quoted(sentence)}"
        yield "              stability: development"


def _scalar(value: object, *, quoted: bool = False) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if quoted and isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "semconv.md").write_text(write_page(), encoding="utf-8")
    (folder / "semconv.yaml").write_text(write_registry(), encoding="utf-8")
