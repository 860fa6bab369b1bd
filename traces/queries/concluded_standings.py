"""How a verifier stands to what it judges where its verdicts do not say so, from the calls of some of its runs.

Calls are looked at run by run, so of the newest runs only: `RUNS_AT_MOST`, each of at most `NODES_AT_MOST` nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from deliberation.vocabulary import Independence, VerifierKind
from traces.models import Run, Verdict
from traces.queries.columns import Tree, read_tree
from traces.queries.judgements import NO_VERSION, Judging
from traces.queries.judges import conclude_judges
from traces.queries.verdicts import COLUMNS, VerdictRow
from traces.queries.verifier_runs import CountedRuns

RUNS_AT_MOST = 10
NODES_AT_MOST = 5_000
VERDICTS_AT_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What the calls of the newest `runs` tell of so many `verdicts` that do not say it themselves.

    `kinds` and `independence` are word → verdicts. `cost` is US dollars, what the branches cost in which `priced` of
    the checks were done.
    """

    runs: int
    verdicts: int
    kinds: dict[str, int]
    independence: dict[str, int]
    cost: Decimal | None
    priced: int

    @property
    def same_model(self) -> int:
        """Verdicts by the model that wrote the answer."""
        return self.independence.get(Independence.SAME_MODEL.value, 0)


def conclude_standings(asked: Judging, counted: CountedRuns) -> Concluded:
    """Return what can be concluded. The caller has checked the runs."""
    runs = _newest(asked, counted)
    rows: list[VerdictRow] = []
    costs: list[Decimal] = []
    for run in runs:
        tree = read_tree(run)
        found = _open(asked).filter(run_id=run.pk).order_by("-seq").values(*COLUMNS)
        here = [VerdictRow(**values) for values in found[:VERDICTS_AT_MOST]]
        rows += conclude_judges(tree, here)
        costs += _costs(tree, here)
    return Concluded(
        runs=len(runs),
        verdicts=len(rows),
        kinds=_words(rows, "verifier_kind"),
        independence=_words(rows, "independence"),
        cost=sum(costs, Decimal(0)) if costs else None,
        priced=len(costs),
    )


def _open(asked: Judging) -> QuerySet[Verdict]:
    """The verdicts that do not say who judged, and were given in a node of their own."""
    is_open = Q(verifier_kind=None) | Q(verifier_kind=VerifierKind.LLM_JUDGE.value)
    found = Verdict.objects.filter(is_open, verifier=asked.verifier, by_node__isnull=False)
    if asked.version is not None:
        found = found.filter(version=None if asked.version == NO_VERSION else asked.version)
    return found.exclude(by_node=F("node_id"))


def _newest(asked: Judging, counted: CountedRuns) -> list[Run]:
    found = _open(asked).filter(run_id__in=counted.run_ids).values_list("run_id", flat=True)
    small = Run.objects.filter(id__in=found, nodes__lte=NODES_AT_MOST).select_related("project")
    return list(small.order_by("-id")[:RUNS_AT_MOST])


def _costs(tree: Tree, rows: Sequence[VerdictRow]) -> list[Decimal]:
    """What each check cost with all under it, once for each node in which checks were done."""
    checks = {row.by_node for row in rows if row.cost is None}
    branches = [tree.row_by_node[node] for node in checks if node in tree.row_by_node]
    sums = tree.sums("cost")
    return [cost for branch in branches if (cost := sums.of(branch)) is not None]


def _words(rows: Sequence[VerdictRow], name: str) -> dict[str, int]:
    counts = Counter(getattr(row, name) for row in rows if name in row.inferred)
    return dict(counts.most_common())
