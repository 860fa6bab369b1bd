"""Who checks, what they may say, and how independent they are."""

from __future__ import annotations

from enum import Enum


class VerifierKind(str, Enum):
    """What sort of checker gave a verdict."""

    UNIT_TEST = "unit_test"
    """Executed tests."""
    CALCULATOR = "calculator"
    """Exact arithmetic or another exact evaluation."""
    COMPILER = "compiler"
    """A compiler, type checker or parser."""
    THEOREM_PROVER = "theorem_prover"
    """A proof assistant or solver."""
    SEARCH = "search"
    """A look-up in documents or on the web."""
    ORM = "orm"
    """An outcome reward model."""
    PRM = "prm"
    """A process reward model, scoring steps."""
    LLM_JUDGE = "llm_judge"
    """A language model asked for a judgement."""
    HUMAN = "human"
    """A person."""


class VerdictOutcome(str, Enum):
    """What a verifier said."""

    ACCEPT = "accept"
    """It passes."""
    REJECT = "reject"
    """It does not pass."""
    UNSURE = "unsure"
    """The verifier abstained, or gave a number or a word that nothing says how to take."""
    ERROR = "error"
    """The verifier itself broke; says nothing about the subject."""
    TIMEOUT = "timeout"
    """The verifier ran out of time; says nothing about the subject."""


class Independence(str, Enum):
    """How far the checker stands from what it checks, nearest first."""

    SAME_MODEL = "same_model"
    """The model that wrote the answer judges it."""
    SAME_FAMILY = "same_family"
    """A model of the same family judges it."""
    OTHER_MODEL = "other_model"
    """A model of another family judges it."""
    DETERMINISTIC = "deterministic"
    """A program decides; the same input always gets the same verdict."""
    HUMAN = "human"
    """A person judges it."""
