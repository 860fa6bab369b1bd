"""By what formula each rule is computed, and after whom. English only: it is what a program keeps beside a number."""

from __future__ import annotations

from dataclasses import dataclass

from traces.queries.what_if import WhatIf

ALL_DRAWS = "expectation over all C(n, N) draws without return from the n recorded samples"


@dataclass(frozen=True, slots=True)
class Estimator:
    """How a figure is computed: its name, the formula in one sentence, and the source of it."""

    name: str
    definition: str
    source: str


ESTIMATORS = {
    WhatIf.VOTES: Estimator(
        "maj@N",
        f"the answer that most of N samples have, equal ones each as often as the other; {ALL_DRAWS}",
        "Wang et al. 2022, arXiv 2203.11171",
    ),
    WhatIf.WEIGHTED: Estimator(
        "weighted best of N",
        f"the answer with the greatest sum of scores, compared as decimals; {ALL_DRAWS}",
        "Li et al. 2023, arXiv 2206.02336",
    ),
    WhatIf.BEST: Estimator(
        "best of N",
        f"the sample with the highest score, equal scores share their places; {ALL_DRAWS}",
        "Cobbe et al. 2021, arXiv 2110.14168",
    ),
    WhatIf.ACCEPTED: Estimator(
        "first accepted",
        f"samples in any order until one reaches the threshold, N at most, else nothing; {ALL_DRAWS}",
        "Brown et al. 2024, arXiv 2407.21787",
    ),
    WhatIf.SEARCH: Estimator(
        "narrower search",
        "the recorded search with another width or threshold; undefined where it would keep a state never continued",
        "Yao et al. 2023, arXiv 2305.10601",
    ),
    WhatIf.CAP: Estimator(
        "budget cap",
        "the best answer when so much had been spent, in the order of the record",
        "docs/reference/pages.md, Decision",
    ),
}
INTERVAL = "Wilson 1927: 95 in 100, of the share of recorded samples that are known to be right"
