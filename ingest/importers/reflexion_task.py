"""One task of a Reflexion log: its attempts, and what the tests that the model wrote itself said of each.

Upstream's loop (`programming_runs/reflexion.py`): write tests; attempt; while the tests fail and attempts are left, put
into words what went wrong and attempt again; then ask the hidden tests about the last attempt (`is_solved`).
So every attempt that was reflected upon failed its tests. Of the last one the published logs say nothing. With
attempts left, it can only have been the last because its tests passed. With none left, it is counted as failed,
as the paper's table 2 does. Later logs have `test_feedback`, which says it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deliberation.vocabulary import VerdictOutcome
from ingest.importers.json_lines import Misread, text_of, texts_of
from ingest.importers.reflexion_name import Origin

FEEDBACK = re.compile(r"(?s)Test(?:s|ed) passed:.*\n\s*Tests failed:(?P<failed>.*)")
USED_UP = (
    "inferred: all attempts were used up; the log does not say what the tests said of the last"
)
BROKE_OFF = "inferred: attempts were left, and no further one was made"
REFLECTED = "inferred: a reflection on it follows"
UNDECIDED = "how many attempts a task may take is not known: whether the last one passed its own tests is not said"
TOLD = ("reflections", "implementations", "test_feedback", "solution", "is_solved", "prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the self-written tests said: their words, or why we think so."""

    outcome: VerdictOutcome
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One version of the program; its text is None where the log does not hold it. `reflection` led to it."""

    text: str | None
    reflection: str | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A line of the log. `rest` is what we do not read."""

    name: str
    prompt: str
    attempts: list[Attempt]
    is_solved: bool
    is_reflexion: bool
    rest: dict[str, Any]


def read_task(plain: Mapping[str, Any], number: int, origin: Origin, most: int) -> Task:
    """Return a line's task. `most` is the greatest number of reflections in the file. Raises `Misread`."""
    solved = plain.get("is_solved")
    if not isinstance(solved, bool):
        raise Misread("its 'is_solved' is neither true nor false")
    is_reflexion = "reflections" in plain
    name = plain.get("task_id") or plain.get("name") or plain.get("entry_point")
    return Task(
        name=name[:64] if isinstance(name, str) else f"task {number}",
        prompt=text_of(plain, "prompt"),
        attempts=_attempts(plain, origin, most) if is_reflexion else [_only(plain)],
        is_solved=solved,
        is_reflexion=is_reflexion,
        rest={key: value for key, value in plain.items() if key not in TOLD},
    )


def _only(plain: Mapping[str, Any]) -> Attempt:
    return Attempt(text=_returned(plain), reflection=None, verdict=None)


def _returned(plain: Mapping[str, Any]) -> str | None:
    # Early versions of upstream kept a solution only once it was solved, and wrote an empty one otherwise.
    return text_of(plain, "solution") or None


def _attempts(plain: Mapping[str, Any], origin: Origin, most: int) -> list[Attempt]:
    reflections = texts_of(plain, "reflections")
    last = len(reflections)
    texts: list[str | None] = [*([None] * last), _returned(plain)]
    if "implementations" in plain:
        texts = list(texts_of(plain, "implementations"))
    feedback = texts_of(plain, "test_feedback") if "test_feedback" in plain else []
    if len(texts) != last + 1 or len(feedback) not in (0, last + 1):
        raise Misread(
            f"it has {len(texts)} attempts for {last} reflections: several passes are not told apart"
        )
    said = [_said(text) for text in feedback] or [None] * (last + 1)
    inferred = [_reflected_upon()] * last + [_last(last, origin.attempts, most)]
    return [
        Attempt(text=text, reflection=reflection, verdict=told or otherwise)
        for text, reflection, told, otherwise in zip(
            texts, [None, *reflections], said, inferred, strict=True
        )
    ]


def _said(feedback: str) -> Verdict | None:
    """Return what the tests printed; None where it is in no form that we know."""
    found = FEEDBACK.fullmatch(feedback.strip())
    if not found:
        return None
    passed = not found["failed"].strip()
    outcome = VerdictOutcome.ACCEPT if passed else VerdictOutcome.REJECT
    return Verdict(outcome=outcome, rationale=feedback)


def _reflected_upon() -> Verdict:
    return Verdict(outcome=VerdictOutcome.REJECT, rationale=REFLECTED)


def _last(reflections: int, attempts: int | None, most: int) -> Verdict | None:
    """Return what can be known of the last attempt's tests. `attempts` is how many were allowed."""
    if attempts is not None and reflections + 1 >= attempts:
        return Verdict(outcome=VerdictOutcome.REJECT, rationale=USED_UP)
    if attempts is not None or reflections < most or not reflections:
        return Verdict(outcome=VerdictOutcome.ACCEPT, rationale=BROKE_OFF)
    return None
