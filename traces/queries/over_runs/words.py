"""What each figure over many runs is called, what it is exactly, and where its definition comes from."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Words:
    """A figure's label, its definition in a sentence, and the source of that, where it has one."""

    label: str | Promise
    definition: str | Promise = ""
    source: str = ""


FAWCETT = "Fawcett 2006, An introduction to ROC analysis; Mann and Whitney 1947"
HYNDMAN = "Hyndman and Fan 1996, Sample quantiles in statistical packages, definition 1"
GUO = "Guo et al. 2017, arXiv 1706.04599"
SNELL = "Snell et al. 2024, arXiv 2408.03314"
GINI = "Gini 1912; Dorfman 1979, A formula for the Gini coefficient"

SECTIONS = {
    "outcomes": Words(
        _("What is known of the answers"),
        _(
            "A run is right when its source says so of the answer it returned; else when the verifiers that saw the "
            "reference answer accepted it; else when unit tests, a calculator or a prover did. Where those of one rank "
            "disagree, they say nothing. Of all other runs nobody knows, and no figure of right and wrong counts them."
        ),
    ),
    "discarded": Words(
        _("Spent on discarded work"),
        _(
            "A branch is a discarded node with all under it, the topmost where one lies inside another: nothing is "
            "counted twice. What a run states of no node in particular belongs to no branch."
        ),
    ),
    "effort": Words(
        _("Effort against correctness"),
        _(
            "Harder tasks take more effort and are answered wrong more often, so that effort over all runs says little "
            "of what effort does: look at the bins of like difficulty, and at runs of the same task."
        ),
    ),
    "calibration": Words(
        _("Can confidence be believed?"),
        _("What was said against what was so, by tenths of confidence."),
    ),
    "tail": Words(_("The tail of spending"), _("Of the runs whose amount is known.")),
    "tiers": Words(
        _("What each tier buys"),
        _("Groups are compared as they stand, and then on the same questions alone."),
    ),
    "legibility": Words(
        _("Legibility of reasoning"),
        _("Over the model calls that state reasoning tokens, each counted once."),
    ),
    "budgets": Words(
        _("Budgets hit"),
        _(
            "Limits in their latest version, those of the program, of policies and of people alike. What a hit of an "
            "earlier version was stands in the run's ledger."
        ),
    ),
}

FIGURES = {
    "outcomes.runs": Words(_("Runs"), _("all that the filters let through")),
    "outcomes.right": Words(
        _("Right"), _("right answers by runs of which it is known"), "Wilson 1927"
    ),
    "outcomes.unknown": Words(_("Not known"), _("nothing says whether the answer is right")),
    "outcomes.basis": Words(_("On whose word")),
    "outcomes.of_runs": Words(_("Runs")),
    "outcomes.accuracy": Words(_("Right"), _("right answers by runs")),
    "discarded.runs": Words(_("Runs that discarded"), _("runs with a discarded node by all runs")),
    "discarded.nodes_share": Words(
        _("Nodes discarded"), _("nodes of discarded branches by all nodes of all runs")
    ),
    "discarded.tokens_share": Words(
        _("Tokens discarded"),
        _(
            "tokens that discarded branches state by all tokens: at least so many, where calls state no tokens"
        ),
    ),
    "discarded.cost_share": Words(
        _("Dollars discarded"),
        _(
            "what discarded branches are known to have cost by the cost of all runs: at least so much"
        ),
    ),
    "discarded.cost": Words(_("Cost"), _("what discarded branches are known to have cost")),
    "discarded.not_returned": Words(
        _("Not on the returned path"),
        _(
            "1 less nodes of the returned path by all nodes but roots, of the runs that name that path; n counts nodes"
        ),
    ),
    "discarded.unallocated": Words(
        _("Belongs to no branch"),
        _("cost that these runs state as a whole: nobody knows which branch it was spent on"),
    ),
    "discarded.reasons": Words(_("By reason")),
    "discarded.rest": Words(_("What was not discarded, by its fate")),
    "discarded.of_runs": Words(_("Runs")),
    "discarded.branches": Words(_("Branches"), _("discarded nodes under no other discarded one")),
    "discarded.nodes": Words(_("Nodes"), _("all of these branches")),
    "discarded.tokens": Words(_("Tokens"), _("input and output, where stated")),
    "discarded.wrongly": Words(
        _("Stated right"), _("branches with a node of which its source says that it was right")
    ),
    "effort.auc": Words(
        _("Effort-AUC"),
        _(
            "chance that a right run took more than a wrong one, equal ones half; below 0.5 longer is worse"
        ),
        FAWCETT,
    ),
    "effort.within": Words(
        _("On the same task"),
        _("the same chance, of right and wrong runs of one task alone, over all such pairs"),
        FAWCETT,
    ),
    "effort.auc_bin": Words(_("Effort-AUC"), _("of these runs alone"), FAWCETT),
    "effort.unknown": Words(_("Left out: not known to be right or wrong")),
    "effort.unmeasured": Words(_("Left out: amount not recorded")),
    "effort.accuracy": Words(_("Right"), _("right answers by runs")),
    "effort.runs": Words(_("Runs")),
    "effort.least": Words(_("From")),
    "effort.most": Words(_("To")),
    "effort.thirds": Words(
        _("All tasks together"), _("confounded by difficulty: harder tasks tend to take more")
    ),
    "effort.bins": Words(
        _("Among tasks of like difficulty"),
        _(
            "by the share of a task's runs that are right, in fifths; thirds of effort are those of the bin"
        ),
        SNELL,
    ),
    "effort.third_0": Words(_("Least effort, right")),
    "effort.third_1": Words(_("Middle, right")),
    "effort.third_2": Words(_("Most effort, right")),
    "calibration.unknown": Words(_("Left out: not known to be right or wrong")),
    "calibration.no_probability": Words(
        _("Left out: stated a confidence that is none, below 0 or above 1")
    ),
    "calibration.stated": Words(_("Stated confidence"), _("what the program said of its answer")),
    "calibration.returned": Words(
        _("Vote share of the returned answer"),
        _(
            "no confidence was stated: the share of the samples with an answer whose answer is the returned one"
        ),
    ),
    "calibration.most_voted": Words(
        _("Vote share of the answer that most samples have"),
        _("no confidence was stated and no answer returned; of equal ones the first proposed"),
        "Wang et al. 2022, arXiv 2203.11171",
    ),
    "calibration.ece": Words(
        _("Calibration error"),
        _(
            "ECE: mean distance of confidence and accuracy over 10 bins of equal width, by their runs"
        ),
        GUO,
    ),
    "calibration.brier": Words(
        _("Brier score"), _("mean squared distance of confidence and truth"), "Brier 1950"
    ),
    "calibration.mean": Words(_("Mean confidence")),
    "calibration.accuracy": Words(_("Right"), _("right answers by runs")),
    "calibration.said": Words(_("Mean confidence")),
    "calibration.so": Words(_("Right")),
    "calibration.runs": Words(_("Runs")),
    "tail.p50": Words(
        "p50", _("half of the runs took at most this, an amount that was observed"), HYNDMAN
    ),
    "tail.p95": Words(
        "p95",
        _("95 of 100 took at most this; the link leads to those that took so much or more"),
        HYNDMAN,
    ),
    "tail.p99": Words(
        "p99",
        _("99 of 100 took at most this; the link leads to those that took so much or more"),
        HYNDMAN,
    ),
    "tail.most": Words(_("The most")),
    "tail.ratio": Words(_("p99 by p50"), _("how many times the middle the tail is")),
    "tail.top": Words(
        _("Share of the dearest 5 %"),
        _("what the twentieth of the runs that took most took, by all"),
    ),
    "tail.away": Words(
        _("Ran away"),
        _(
            "took more than a multiple of the median of their project and strategy, and more than their hard limit of "
            "dollars; whether the best value still rose is not asked here"
        ),
    ),
    "tail.away_share": Words(
        _("Share of what ran away"), _("what these runs took by what all took")
    ),
    "tail.total": Words(_("Altogether")),
    "tail.without": Words(_("Left out: amount not recorded")),
    "tail.classes": Words(_("By strategy")),
    "tail.of_runs": Words(_("Runs")),
    "tail.median": Words("p50"),
    "tail.of_away": Words(_("Ran away")),
    "tiers.gini": Words(
        _("Gini of all runs"), _("0 where all take the same, near 1 where one takes all"), GINI
    ),
    "tiers.without": Words(_("Left out: in no group")),
    "tiers.each": Words(_("Each group")),
    "tiers.runs": Words(_("Runs")),
    "tiers.accuracy": Words(
        _("Right"), _("right answers by runs of which it is known"), "Wilson 1927"
    ),
    "tiers.judged": Words(_("Judged"), _("runs with a verdict by all")),
    "tiers.median": Words("p50"),
    "tiers.mean": Words(_("Mean")),
    "tiers.total": Words(_("Altogether")),
    "tiers.part": Words(_("Of all")),
    "tiers.gini_of": Words(_("Gini"), "", GINI),
    "tiers.paired": Words(
        _("On the same questions"),
        _(
            "each question once: the share of its runs that are right, in both groups; the cheaper group is the first"
        ),
        "Dror et al. 2018, The Hitchhiker's Guide to Testing Statistical Significance in NLP",
    ),
    "tiers.first": Words(_("First right")),
    "tiers.second": Words(_("Second right")),
    "tiers.gain": Words(_("Gain"), _("second less first, in points")),
    "tiers.questions": Words(_("Questions")),
    "tiers.better": Words(_("Better on")),
    "tiers.worse": Words(_("Worse on")),
    "tiers.more": Words(_("Takes more"), _("by the mean of all runs of the group")),
    "legibility.ratio": Words(
        _("Characters a token"),
        _("visible characters of reasoning by billed reasoning tokens; text in full has about 4"),
    ),
    "legibility.reasoning": Words(
        _("Reasoning"), _("reasoning tokens by all tokens that these calls wrote")
    ),
    "legibility.unseen": Words(
        _("Calls that show none"),
        _("calls without a visible character of reasoning by all; n counts calls"),
    ),
    "legibility.without": Words(_("Runs without billed reasoning")),
    "legibility.seen": Words(_("What can be read"), _("a run counts once for each of its models")),
    "legibility.runs": Words(_("Runs")),
    "legibility.models": Words(_("By model")),
    "legibility.chars": Words(_("Characters")),
    "legibility.tokens": Words(_("Reasoning tokens")),
    "budgets.hard": Words(_("Hit a hard limit"), _("by the runs that have any limit")),
    "budgets.soft": Words(_("Hit a soft limit"), _("by the runs that have any limit")),
    "budgets.without": Words(_("Runs without a limit")),
    "budgets.limits": Words(_("By limit")),
    "budgets.limited": Words(_("Runs with it")),
    "budgets.hits": Words(_("Hit it")),
    "budgets.share": Words(_("Share")),
    "budgets.ends": Words(
        _("What happened"), _("which limit, what it was to do, and the state of the runs now")
    ),
    "budgets.runs": Words(_("Runs")),
}
