"""What each figure of the selfcheck is, and after whom; words for the page."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from traces.queries.undefined_words import UNDEFINED

__all__ = ["COUNTED", "DEFINITIONS", "LOGS", "STATUSES", "UNDEFINED", "definition_of"]

LOGS: dict[str, Promise] = {
    "tot_game24": _(
        "Game of 24: a hundred searches by Tree of Thoughts, and a hundred samples each"
    ),
    "reflexion": _("Reflexion: programs judged by tests that the model wrote itself"),
    "tau_airline": _("tau-bench, airline: fifty tasks, each tried four times"),
    "codet_humaneval": _("CodeT: a hundred programs for each of 164 tasks, executed"),
    "gsm8k": _("Grade school mathematics: right solutions, of how many, for four models"),
    "swe_agent": _("SWE-agent: one trajectory, and one that was played again"),
    "lats_mcts": _("Language Agent Tree Search: the log of four searches"),
    "aider": _("Aider's leaderboard: effort, tokens, cost"),
}
"""By the first word of a figure's name."""

DEFINITIONS: dict[str, Promise] = {
    "pass_at": _(
        "The chance that at least one of k samples is right, the mean over tasks: 1 − C(n−c, k) / C(n, k)."
    ),
    "passhat": _(
        "The chance that all of k trials are right, the mean over tasks: C(c, k) / C(n, k)."
    ),
    "maj_at_100": _(
        "How often the answer that most of a hundred samples have is right; of equal ones the first."
    ),
    "maj_at_100_without": _(
        "The same when blanks, and what follows an equals sign, are stripped before answers are compared."
    ),
    "maj_at_k": _(
        "The chance that the answer of most of k samples is right, over all draws, ties shared."
        " Ours is exact, theirs was drawn at random."
    ),
    "mean_vote_share": _("The share of samples that have the winning answer."),
    "ece10": _("Expected calibration error in ten equal bins, with the vote share as confidence."),
    "brier": _("Mean squared distance of vote share and truth."),
    "powerlaw_logc": _("Constants of the law ln c = a·k^b of coverage, by least squares."),
    "gini": _("Gini coefficient of what the searches cost: 0 when all cost the same."),
    "auc_cost": _("The chance that a solved case cost more than an unsolved one."),
    "leaf_value": _(
        "The search's own values against the truth, for every leaf that was judged, also those that were pruned."
    ),
    "discarded_node": _("Generated states that are not on the returned path, as a share of all."),
    "discarded_char": _("Characters that are not on the returned path, as a share of all."),
    "success_any": _("Cases in which any of five outputs is right: an oracle picks it."),
    "success_top1": _("Cases in which the first output is right: what a user would get."),
    "best_of_N": _(
        "How often the best of N samples by self-written tests is right, over all draws, ties shared."
    ),
    "dual_agreement": _(
        "How often a sample of the best set is right: tests passed times the root of how many behave alike."
    ),
    "cluster": _("The share of the largest behaviour, and how often it is right."),
    "mean_task_auc": _(
        "The chance that a right sample passes more self-written tests than a wrong one, the mean over tasks."
    ),
    "paper": _("What the paper's table calls TP, FP, FN and TN, as shares."),
    "false_accept": _("Of what is wrong, the share that was accepted."),
    "false_reject": _("Of what is right, the share that was rejected."),
    "precision": _("Of what was accepted, the share that is right."),
    "recall": _("Of what is right, the share that was accepted."),
    "pareto": _(
        "Rows that no other beats both in cost and in score: model, cost in dollars, score."
    ),
    "counter_resets": _("How often the log's own counter of usage starts again at zero."),
}
"""By the beginning of the part of a name that follows its log and its method; the longest that fits."""

STATUSES: dict[str, Promise] = {
    "agrees": _("agrees"),
    "explained": _("differs, explained"),
    "off": _("off"),
    "alone": _("not published"),
}


COUNTED: dict[str, Any] = {
    "agrees": ngettext_lazy("%(n)d agrees", "%(n)d agree", "n"),
    "explained": ngettext_lazy("%(n)d differs, explained", "%(n)d differ, explained", "n"),
    "off": ngettext_lazy("%(n)d is off", "%(n)d are off", "n"),
    "alone": ngettext_lazy("%(n)d not published", "%(n)d not published", "n"),
}
"""How many stand so."""


def definition_of(name: str) -> Promise | None:
    """Return what a figure is by its name, None where that says it: a count, or an amount."""
    parts = name.split(".")[1:]
    found = [
        (len(stem), words)
        for stem, words in DEFINITIONS.items()
        if any(part.startswith(stem) for part in parts)
    ]
    return max(found, key=lambda each: each[0])[1] if found else None
