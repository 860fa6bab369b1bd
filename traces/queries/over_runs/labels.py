"""How rows over many runs are called, by what they are measured and grouped, and what their figures are headed with."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from traces.queries.over_runs.words import FIGURES

LABELS = {
    "third_0": _("least effort"),
    "third_1": _("middle"),
    "third_2": _("most effort"),
    "difficulty_0": _("hardest: up to 20 % right"),
    "difficulty_1": _("20 to 40 % right"),
    "difficulty_2": _("40 to 60 % right"),
    "difficulty_3": _("60 to 80 % right"),
    "difficulty_4": _("easiest: 80 % right or more"),
    "difficulty_single": _("tasks with one run: not known"),
    "seen_full": _("about the whole text"),
    "seen_summary": _("a summary at most"),
    "seen_unseen": _("nothing"),
    "outcome": _("the source says so"),
    "reference": _("verifiers that saw the reference answer"),
    "exact_check": _("unit tests, a calculator or a prover"),
    **{f"bin_{number}": f"{number / 10:.1f} – {(number + 1) / 10:.1f}" for number in range(10)},
}
"""Rows that no word of the vocabulary names."""

CELLS = {
    "is_right true": _("right"),
    "is_mixed true": FIGURES["effort.within"].label,
    "is_top true": FIGURES["tail.top"].label,
    "ran_away true": FIGURES["tail.away"].label,
    "is_most true": FIGURES["tail.most"].label,
    "is_judged true": FIGURES["tiers.judged"].label,
    "is_hit true": FIGURES["budgets.hits"].label,
    "reason any": FIGURES["discarded.runs"].label,
    **{f"from_p{at} true": f"≥ p{at}" for at in (50, 95, 99)},
    **{
        f"source {name}": FIGURES[f"calibration.{name}"].label
        for name in ("stated", "returned", "most_voted")
    },
    "basis not_known": FIGURES["outcomes.unknown"].label,
    "among unknown": FIGURES["effort.unknown"].label,
    "among unmeasured": FIGURES["effort.unmeasured"].label,
    "among no_probability": FIGURES["calibration.no_probability"].label,
    "among every": FIGURES["tiers.gini"].label,
    "among ungrouped": FIGURES["tiers.without"].label,
    "among unbilled": FIGURES["legibility.without"].label,
    "among unlimited": FIGURES["budgets.without"].label,
}
"""Which runs a figure counts, by what an address says it with."""

MEASURES = {
    "cost": _("cost"),
    "output": _("output tokens"),
    "reasoning": _("reasoning tokens"),
    "duration": _("time"),
    "calls": _("model calls"),
}
GROUPINGS = {
    "tier": _("tier"),
    "effort": _("effort asked for"),
    "model": _("model"),
    "strategy": _("strategy"),
}
FIGURE_TITLES = {
    "discarded": _("Nodes by what became of them"),
    "effort": _("Right answers by effort"),
    "calibration": _("Said against so: on the dotted line both are equal"),
    "tail": _("How many runs take at most how much"),
    "tiers": _("Lorenz curve: on the dotted line all runs take the same"),
}
INTERVALS = {
    "wilson": "Wilson 1927",
    "bootstrap": _("400 draws over tasks, seed 7"),
    "hanley_mcneil": "Hanley and McNeil 1982",
    "normal": _("standard error of the mean"),
}
"""How an interval of 95 in 100 was found."""
