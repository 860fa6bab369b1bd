"""Two candidates side by side: what each says, where the words part, who judged them, and what they cost."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from traces.analytics.word_diff import CHARS_AT_MOST
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.candidates import CandidateRow, read_candidates
from traces.queries.compared_nodes import ComparedText, compare_texts
from traces.queries.node import NodeDetail, get_node
from traces.queries.verdicts import VerdictRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: the candidate, and its node with verdicts and sums."""

    candidate: CandidateRow
    node: NodeDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedVerdict:
    """What one verifier said last of each; None where it did not speak. `said` counts all its verdicts on each."""

    verifier: str
    left: VerdictRow | None
    right: VerdictRow | None
    said: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two candidates, and all that is compared of them."""

    left: Side
    right: Side
    texts: list[ComparedText]
    verdicts: list[ComparedVerdict]

    @property
    def agree(self) -> bool | None:
        """Whether both are counted as one answer; None where one could not be parsed."""
        labels = (self.left.candidate.label, self.right.candidate.label)
        return None if None in labels else labels[0] == labels[1]


def compare_candidates(*, who: Who, run_id: str | uuid.UUID, left: int, right: int) -> Comparison:
    """Return the candidates with these ordinals side by side. Raises NotVisible where one is no candidate."""
    table = read_candidates(see_run(who, run_id))
    known = {each.ordinal: each for each in table.candidates}
    if left not in known or right not in known:
        raise NotVisible
    sides = [_side(who, run_id, known[ordinal]) for ordinal in (left, right)]
    return Comparison(
        left=sides[0], right=sides[1], texts=_texts(*sides), verdicts=_verdicts(*sides)
    )


def _side(who: Who, run_id: str | uuid.UUID, candidate: CandidateRow) -> Side:
    # Four bytes a character at most: as much as is compared is read of each text.
    node = get_node(who=who, run_id=run_id, node_id=candidate.node_id, text_limit=4 * CHARS_AT_MOST)
    return Side(candidate=candidate, node=node)


def _texts(left: Side, right: Side) -> list[ComparedText]:
    answers = left.candidate.answer, right.candidate.answer
    return compare_texts(left.node, right.node, answers=answers)


def _verdicts(left: Side, right: Side) -> list[ComparedVerdict]:
    ours, theirs = left.node.verdicts, right.node.verdicts
    return [
        ComparedVerdict(
            verifier=name,
            left=_latest(ours, name),
            right=_latest(theirs, name),
            said=(_times(ours, name), _times(theirs, name)),
        )
        for name in dict.fromkeys(each.verifier for each in (*ours, *theirs))
    ]


def _latest(verdicts: Sequence[VerdictRow], verifier: str) -> VerdictRow | None:
    return next((each for each in reversed(verdicts) if each.verifier == verifier), None)


def _times(verdicts: Sequence[VerdictRow], verifier: str) -> int:
    return sum(each.verifier == verifier for each in verdicts)
