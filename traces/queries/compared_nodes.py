"""Two nodes side by side, of one run or of two: what each says, and where the words part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from traces.analytics.word_diff import TextDiff, diff_words
from traces.queries.node import NodeDetail

TEXTS: dict[Promise, tuple[str, ...]] = {
    _("the answer"): ("answer",),
    _("what was written"): ("output", "text"),
    _("thoughts"): ("reasoning",),
}
"""What two candidates are compared in: in words → the parts that may hold it, the first that is there."""
ALL_TEXTS: dict[Promise, tuple[str, ...]] = {
    **TEXTS,
    _("what was asked"): ("input",),
    _("the error"): ("error",),
}
"""What any two nodes are compared in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedText:
    """A text of both, by what it is. `is_missing` names the side that has none: left, right or None."""

    name: str
    diff: TextDiff
    is_missing: str | None


def compare_texts(
    left: NodeDetail,
    right: NodeDetail,
    *,
    answers: tuple[str | None, str | None],
    texts: dict[Promise, tuple[str, ...]] = TEXTS,
) -> list[ComparedText]:
    """Return the texts that either node has, compared. `answers` stand in where no part holds one."""
    found = []
    for name, parts in texts.items():
        ours, theirs = (
            _text(node, parts) or (answer if "answer" in parts else None)
            for node, answer in zip((left, right), answers, strict=True)
        )
        if ours is None and theirs is None:
            continue
        found.append(
            ComparedText(
                name=str(name),
                diff=diff_words(ours or "", theirs or ""),
                is_missing="left" if ours is None else "right" if theirs is None else None,
            )
        )
    return found


def _text(node: NodeDetail, names: Sequence[str]) -> str | None:
    part = next((found for name in names if (found := node.part(name))), None)
    if part is None:
        return None
    if part.media != "messages":
        return part.text
    spoken = [each for each in node.messages if each.direction == part.name]
    return "\n\n".join(piece.text for each in spoken for piece in each.parts)
