"""What others published, as they print it. Nothing here is computed with: it stands beside what is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

TOT = "Yao et al. 2023, Tree of Thoughts, table 2 (arXiv 2305.10601)"
TOT_COST = "Yao et al. 2023, Tree of Thoughts, appendix on cost (arXiv 2305.10601)"
REFLEXION = "Shinn et al. 2023, Reflexion, table 2 (arXiv 2303.11366)"
TAU = gettext_noop("tau-bench, README of the repository")
SWE = gettext_noop("the file's own model_stats")
COUNTER = gettext_noop("first and last state of the log's own counter")

DISCOVERY = gettext_noop(
    "The paper calls this a rate of false positives. It is the share of what was accepted that is wrong (false"
    " discovery); of what is wrong, the share that was accepted (false accept) is the figure false_accept_rate_FPR."
)
OF_REJECTED = gettext_noop(
    "The paper's FN and TN are shares of what was rejected, not of what is right or wrong."
)
ORACLE = gettext_noop(
    "The published log gives 69 of 100, a count that goes with any share from .59 to .77. It counts any of five outputs"
    " that an oracle would pick; the first one, which a user would get, is success_top1."
)
TOKENS = gettext_noop(
    "The paper's tokens (5.5k and 1.4k) come to $0.37 at its prices, not to its $0.74. The log has ten times as many"
    " prompt tokens as printed, and they do come to $0.74."
)
RESTART = gettext_noop(
    "The usage in the log adds up over its cases and starts again at zero once. The difference of its first and last"
    " state is $32.17; the sum of what each case added is ours."
)
REPLAYED = gettext_noop(
    "The file says 0 because actions were played again and no model was called. It is not a free run: what it cost is"
    " not recorded."
)


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as its source prints it; `tolerance` is half of its last digit.

    `why_not` explains where the source does not add up: then ours may be another.
    """

    value: float
    tolerance: float
    source: str
    why_not: str | None = None


def _table_2(name: str, *values: float) -> dict[str, Published]:
    notes = {"paper_FP": DISCOVERY, "paper_FN": OF_REJECTED, "paper_TN": OF_REJECTED}
    return {
        f"reflexion.{name}.{rate}": Published(value, 0.005, REFLEXION, notes.get(rate))
        for rate, value in zip(
            ("paper_TP", "paper_FP", "paper_FN", "paper_TN"), values, strict=True
        )
    }


PUBLISHED: dict[str, Published] = {
    "tot_game24.io.pass_at_k.1": Published(0.073, 0.0005, TOT),
    "tot_game24.io.pass_at_k.100": Published(0.33, 0.005, TOT),
    "tot_game24.cot.pass_at_k.1": Published(0.04, 0.0005, TOT),
    "tot_game24.cot.pass_at_k.100": Published(0.49, 0.005, TOT),
    "tot_game24.cot.maj_at_100": Published(0.09, 0.0005, TOT),
    "tot_game24.cot.cost": Published(32.17, 0.005, COUNTER, RESTART),
    "tot_game24.tot_b5.success_any": Published(0.74, 0.005, TOT, ORACLE),
    "tot_game24.tot_b5.cost_case.mean": Published(0.74, 0.006, TOT_COST),
    "tot_game24.tot_b5.prompt_tokens_case.mean": Published(1400, 50, TOT_COST, TOKENS),
    **_table_2("humaneval_py", 0.99, 0.01, 0.40, 0.60),
    **_table_2("mbpp_py", 0.84, 0.16, 0.59, 0.41),
    **_table_2("mbpp_rs", 0.84, 0.16, 0.51, 0.49),
    "tau_airline.passhat.1": Published(0.420, 0.0005, TAU),
    "tau_airline.passhat.2": Published(0.273, 0.0005, TAU),
    "tau_airline.passhat.3": Published(0.220, 0.0005, TAU),
    "tau_airline.passhat.4": Published(0.200, 0.0005, TAU),
    "swe_agent.replay_cost": Published(0, 0, SWE, REPLAYED),
}
