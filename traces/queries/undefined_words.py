"""Why a figure has no value, in words: one sentence for each of `traces.analytics.undefined`."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNDEFINED: dict[str, Promise] = {
    "no_samples": _("there is nothing to compute it from"),
    "too_few_samples": _("more samples are asked for than were recorded"),
    "no_outcomes": _("nothing says of the samples whether they are right"),
    "one_class": _("all are right, or all are wrong: nothing tells one from the other"),
    "one_task": _("all samples are of one task: how others would spread is not known"),
    "no_scores": _("not every sample has a score"),
    "no_votes": _("no sample has an answer that could be compared"),
    "not_recorded": _("the recording ends where this would have gone on"),
    "too_many_samples": _(
        "there are more samples than a vote over all draws can be counted of in a few seconds"
    ),
    "too_many_ways": _("there are too many different sums of scores to count them exactly"),
}
"""Why a figure has no value: the words of `traces.analytics.undefined`."""
