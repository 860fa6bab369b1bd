"""How well a score tells right from wrong, without a threshold.

The area under the ROC curve is the chance that a right one scores higher than a wrong one, ties half: Fawcett 2006, "An
introduction to ROC analysis", section 7; computed by ranks, as Mann and Whitney 1947. Of efforts instead of scores,
below one half means that longer is worse.
"""

from __future__ import annotations

from collections.abc import Iterable

from traces.analytics.undefined import Estimate, Undefined


def auc(scored: Iterable[tuple[float, bool]]) -> Estimate:
    """Return the area, 0 to 1, of (score, is right) in any order; undefined where all are right, or all are wrong."""
    told = sorted(scored, key=lambda each: each[0])
    if not told:
        return Undefined.NO_SAMPLES
    right = sum(is_right for _, is_right in told)
    wrong = len(told) - right
    if not right or not wrong:
        return Undefined.ONE_CLASS
    won, below, start = 0.0, 0, 0
    while start < len(told):
        end = start
        while end < len(told) and told[end][0] == told[start][0]:
            end += 1
        here = sum(is_right for _, is_right in told[start:end])
        missed = end - start - here
        won += here * (below + missed / 2)
        below += missed
        start = end
    return won / (right * wrong)
