"""What is computed of samples that were drawn and judged, whatever log they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ingest.selfcheck.heard import Heard
from traces.analytics.coverage_law import CoverageLaw, coverage_law
from traces.analytics.pass_at_k import Counts, mean_pass_at_k
from traces.analytics.undefined import Undefined, is_known
from traces.analytics.votes import Cluster

Figures = dict[str, Any]
"""By name: a number, an exact amount, a word, a list of these, or `Undefined`."""

Samples = Sequence[tuple[Cluster, bool]]
"""Of a task: the answer of each sample as it is compared, and whether it is right."""

KS = (1, 2, 5, 10, 20, 50, 100)


def count_right(runs: Iterable[Heard]) -> list[Counts]:
    """Return samples and right samples of each run."""
    return [
        (len(each.candidates), sum(bool(told.correct) for told in each.candidates)) for each in runs
    ]


def by_k(name: str, ks: Iterable[int], value: Any) -> Figures:
    """Return a figure for each k, under `name.k`."""
    return {f"{name}.{k}": value(k) for k in ks}


def coverage_figures(tasks: Sequence[Counts], most: int) -> Figures:
    """Return pass@k, and the constants of the law that the curve to `most` follows."""
    curve = [mean_pass_at_k(tasks, k) for k in range(1, most + 1)]
    law: CoverageLaw | Undefined = coverage_law([each for each in curve if is_known(each)])
    constants = (law, law) if isinstance(law, Undefined) else law
    return {
        **by_k("pass_at_k", KS, lambda k: mean_pass_at_k(tasks, k)),
        "powerlaw_logc.a": constants[0],
        "powerlaw_logc.b": constants[1],
    }


def first_majority(samples: Samples) -> tuple[float, bool]:
    """Return the share of the answer given most often, of equal ones the first given, and whether it is right."""
    votes = Counter(cluster for cluster, _ in samples)
    best, count = votes.most_common(1)[0]
    return count / len(samples), dict(samples)[best]
