"""What a judge's word, truth or number comes to: accept, reject, or unsure where nothing says how to take it.

A number is no outcome without a threshold, and `true` is none under a name that names a fault: whether "toxicity:
true" is good is not ours to guess.
"""

from __future__ import annotations

import re
from typing import Any

from deliberation.vocabulary import VerdictOutcome

ACCEPTED = frozenset((
    "pass", "passed", "passing", "accept", "accepted", "approve", "approved", "allow",
    "allowed", "permit", "permitted", "ok", "okay", "good", "great", "excellent", "correct",
    "right", "valid", "success", "successful", "succeeded", "safe", "clean", "benign",
    "harmless", "relevant", "supported", "grounded", "factual", "faithful", "consistent",
    "compliant", "complete", "resolved", "helpful", "not_hallucinated", "non_toxic", "nontoxic",
    "not_toxic", "unbiased", "no_violation", "no_issue", "no_issues", "thumbs_up", "thumbsup",
    "positive", "upvote", "like", "liked", "trusted", "trustworthy"
))  # fmt: skip
REJECTED = frozenset((
    "fail", "failed", "failing", "failure", "reject", "rejected", "deny", "denied", "disallow",
    "disallowed", "block", "blocked", "refuse", "refused", "bad", "poor", "incorrect", "wrong",
    "invalid", "unsafe", "unclean", "harmful", "malicious", "irrelevant", "not_relevant",
    "unrelated", "unsupported", "ungrounded", "not_grounded", "nonfactual", "not_factual",
    "hallucinated", "hallucination", "unfaithful", "inconsistent", "noncompliant",
    "non_compliant", "incomplete", "unresolved", "unhelpful", "not_helpful", "toxic", "biased",
    "violation", "violated", "flagged", "triggered", "tripped", "intervened", "thumbs_down",
    "thumbsdown", "negative", "downvote", "dislike", "disliked", "untrusted", "jailbreak",
    "injection"
))  # fmt: skip
TRUTHS = {
    **dict.fromkeys(("true", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}
FAULTS = re.compile(
    "toxic|hallucinat|bias|jailbreak|inject|pii|leak|harm|profan|violat|malici|attack|abus|hate|violen|fraud|spam"
    "|error|fail|risk|threat|unsafe|block|flag|trigger|refus|plagiar|contradict"
)
DENIED = re.compile("(^|_)(no|not|non|without|free|absence|absent|avoid|avoids|lack)(_|$)|harmless")
NOT_OF_A_WORD = re.compile(r"[^a-z0-9]+")


def word_of(value: Any) -> str:
    """Return a label as one word to compare with: "Not relevant!" is not_relevant."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return NOT_OF_A_WORD.sub("_", str(value).casefold()).strip("_")


def outcome_of(
    criterion: str,
    *,
    label: Any = None,
    score: float | None = None,
    threshold: float | None = None,
    is_lower_better: bool = False,
    has_failed: bool = False,
) -> VerdictOutcome:
    """Return the outcome of a judgement by `criterion`; `has_failed` when the judge itself broke."""
    if has_failed:
        return VerdictOutcome.ERROR
    said = None if label is None else _of_word(criterion, word_of(label))
    if said is not None:
        return said
    if score is not None and threshold is not None:
        reached = score <= threshold if is_lower_better else score >= threshold
        return VerdictOutcome.ACCEPT if reached else VerdictOutcome.REJECT
    return VerdictOutcome.UNSURE


def of_truth(criterion: str, truth: bool) -> VerdictOutcome:
    """Return what it comes to that a criterion holds, or does not."""
    named = word_of(criterion)
    if FAULTS.search(named) and not DENIED.search(named):
        return VerdictOutcome.UNSURE
    return VerdictOutcome.ACCEPT if truth else VerdictOutcome.REJECT


def _of_word(criterion: str, word: str) -> VerdictOutcome | None:
    if word in ACCEPTED:
        return VerdictOutcome.ACCEPT
    if word in REJECTED:
        return VerdictOutcome.REJECT
    if word == "error":
        return VerdictOutcome.ERROR
    if word in ("timeout", "timed_out"):
        return VerdictOutcome.TIMEOUT
    truth = TRUTHS.get(word)
    return None if truth is None else of_truth(criterion, truth)
