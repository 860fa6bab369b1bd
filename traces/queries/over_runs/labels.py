"""How rows over many runs are called, by what they are measured and grouped, and what their figures are headed with."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

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
