"""What guards say: guardrails, policies, validators, tripwires, by the last words of their attributes' names.

Conventions differ in the names and agree in the words. Sources: OpenTelemetry's proposals for guardrails
(`gen_ai.guardrail.*`, `gen_ai.security.*`) and its instrumentation of OpenAI's Agents (`gen_ai.guardrail.triggered`),
Traceloop's guards (`gen_ai.guardrail.status`), Microsoft's agent governance (`agt.policy.action`, `policy.decision`),
Logfire's OpenAI Agents (`name`, `triggered`), OpenInference's Guardrails AI (`validator_name`, `output.value`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deliberation.vocabulary import NodeKind, VerdictOutcome
from ingest.mapping.judgements.judgement import Judgement
from ingest.mapping.judgements.outcome import ACCEPTED, REJECTED, outcome_of, word_of
from ingest.mapping.source import Keys, Source
from ingest.mapping.take import as_float
from ingest.wire.span import Attributes

NAME = "guard"
EVENT = "gen_ai.guardrail.result"

OF_A_GUARD = r"(?:^|\.)(?:guardrails?|guardian|guard|security|policy|validator)\.(?:.*\.)?"
TRIGGERED = re.compile(rf"{OF_A_GUARD}(?:triggered|blocked|flagged)$|(?:^|[._])tripwire_triggered$")
SAID = re.compile(
    rf"{OF_A_GUARD}(?:verdict|decision|status|outcome|result|action|(?:verdict|decision)\.type)$"
)
OTHERS_TOO = re.compile(r"(?:^|\.)(?:security|policy)\.")
"""What is also said of retries, caches and networks: there the word must be one that a guard says."""
DONE = re.compile(rf"{OF_A_GUARD}action\.type$")
CALLED = re.compile(rf"{OF_A_GUARD}(?:name|rule)$|(?:^|\.)validator_name$")
REASONS = re.compile(rf"{OF_A_GUARD}(?:reason|explanation|error\.message)$")
RISK = re.compile(rf"{OF_A_GUARD}(?:risk\.)?score$")
READ = re.compile("|".join(each.pattern for each in (TRIGGERED, SAID, DONE, CALLED, REASONS, RISK)))
PLAIN = frozenset({"name", "triggered"})
VALIDATOR, VALIDATED = "validator_name", "output.value"

UNDECIDED = frozenset(
    ("warn", "warning", "audit", "modify", "modified", "escalate", "require_approval")
)
WORDS = ACCEPTED | REJECTED | UNDECIDED
STOPS = frozenset((
    "deny", "denied", "block", "blocked", "reject", "rejected", "intervened", "refuse", "refused",
))  # fmt: skip
"""Words that say that something was not let through, and not only that it should not be."""


def recognises(keys: Keys, scope: str) -> bool:
    """True when a record carries what a guard said."""
    if VALIDATOR in keys and VALIDATED in keys:
        return True
    return keys >= PLAIN or any(TRIGGERED.search(key) or SAID.search(key) for key in keys)


def is_guard(attributes: Attributes, name: str) -> bool:
    """True when a record of this name is a guard's: plain words are only under a name that says so."""
    if VALIDATOR in attributes or _is_plain(attributes, name):
        return True
    return any(_is_a_guards(key, value) for key, value in attributes.items())


def fill(rest: Attributes, record: Source) -> dict[str, Any]:
    """Return the kind of a guard at work."""
    is_one = is_guard(rest, record.name)
    return {"node_kind": NodeKind.VERIFICATION if is_one else NodeKind.STEP}


def read(attributes: Attributes, name: str) -> list[Judgement]:
    """Return what a guard said; none where it said nothing, or is none."""
    if not is_guard(attributes, name):
        return []
    trip = _trip(attributes, name)
    said = _text(attributes, SAID)
    if said is None and VALIDATOR in attributes:
        said = attributes.get(VALIDATED)
    if trip is None and not said:
        return []
    verifier = _name_of(attributes, name)
    outcome = outcome_of(verifier, label=said) if said else VerdictOutcome.UNSURE
    if trip is not None:
        outcome = VerdictOutcome.REJECT if trip else VerdictOutcome.ACCEPT
    done = _text(attributes, DONE)
    stopped = trip is True if done is None else False
    return [
        Judgement(
            verifier=verifier,
            outcome=outcome,
            label=said,
            score=as_float(next(_found(attributes, RISK), None)),
            rationale=_text(attributes, REASONS),
            has_blocked=stopped or word_of(said if done is None else done) in STOPS,
        )
    ]


def _is_a_guards(key: str, value: Any) -> bool:
    if TRIGGERED.search(key):
        return isinstance(value, bool)
    if not SAID.search(key):
        return False
    return not OTHERS_TOO.search(key) or word_of(value) in WORDS


def _name_of(attributes: Attributes, name: str) -> str:
    called = _text(attributes, CALLED)
    if called is None and _is_plain(attributes, name):
        called = str(attributes["name"])
    return called or name or "guard"


def _trip(attributes: Attributes, name: str) -> bool | None:
    if _is_plain(attributes, name):
        return bool(attributes["triggered"])
    truths = (value for value in _found(attributes, TRIGGERED) if isinstance(value, bool))
    return next(truths, None)


def _is_plain(attributes: Attributes, name: str) -> bool:
    truth = attributes.get("triggered")
    return isinstance(truth, bool) and "name" in attributes and "guard" in name.casefold()


def _text(attributes: Attributes, names: re.Pattern[str]) -> str | None:
    texts = (value for value in _found(attributes, names) if isinstance(value, str) and value)
    return next(texts, None)


def _found(attributes: Attributes, names: re.Pattern[str]) -> Iterator[Any]:
    return (value for key, value in attributes.items() if names.search(key))
