"""How a verifier stands to what it judges, and what its checks cost, where only the calls of its runs tell."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import VerdictGiven
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    Independence,
    NodeKind,
    VerdictOutcome,
    VerifierKind,
)
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from traces.models import Run
from traces.queries import concluded_standings
from traces.queries.access import Viewer
from traces.queries.concluded_standings import Concluded, conclude_standings
from traces.queries.judgements import NO_VERSION, Judging
from traces.queries.run_filters import RunFilters
from traces.queries.verifier_runs import count_runs

pytestmark = pytest.mark.django_db
CENTS = Cost(amount=Decimal("0.02"), provenance=CostProvenance.REPORTED)


def judged(*, by: str = "gpt-4o", **facts: Any) -> str:
    """A run whose answer gpt-4o wrote, judged in a check that called the model `by`, for two cents."""
    run = new_run()
    told = {"verifier": "judge", "outcome": VerdictOutcome.ACCEPT, "by_node": "check", **facts}
    put_on_record(
        make_project(),
        observed(run, "root", node_kind=NodeKind.AGENT),
        observed(run, "answer", parent="root", node_kind=NodeKind.MODEL_CALL, model="gpt-4o"),
        observed(run, "check", parent="root", node_kind=NodeKind.VERIFICATION),
        observed(run, "call", parent="check", node_kind=NodeKind.MODEL_CALL, model=by, cost=CENTS),
        make_event(VerdictGiven, run, **{"node": "root", **told}),
    )
    return run


def conclude(version: str | None = None) -> Concluded:
    viewer = Viewer(project_ids=frozenset({make_project().pk}))
    return conclude_standings(
        Judging(verifier="judge", version=version), count_runs(who=viewer, filters=RunFilters())
    )


def test_it_works() -> None:
    judged()
    judged(by="gpt-4o-mini")
    found = conclude()
    assert (found.runs, found.verdicts, found.same_model) == (2, 2, 1)
    assert found.independence == {"same_model": 1, "same_family": 1}
    assert found.kinds == {"llm_judge": 2}
    assert (found.cost, found.priced) == (Decimal("0.04"), 2)


def test_what_verdicts_say_themselves_is_not_concluded() -> None:
    judged(independence=Independence.OTHER_MODEL, verifier_kind=VerifierKind.LLM_JUDGE, cost=CENTS)
    assert conclude().independence == {}
    assert (conclude().cost, conclude().priced) == (None, 0)


def test_a_check_with_several_verdicts_cost_once() -> None:
    run = judged()
    more = {"node": "answer", "verifier": "judge", "by_node": "check"}
    put_on_record(
        make_project(), make_event(VerdictGiven, run, **more, outcome=VerdictOutcome.REJECT)
    )
    found = conclude()
    assert (found.verdicts, found.priced, found.cost) == (2, 1, Decimal("0.02"))


def test_a_version_is_looked_at_alone() -> None:
    judged(version="1")
    judged()
    assert [conclude(each).verdicts for each in (None, "1", NO_VERSION, "2")] == [2, 1, 1, 0]


def test_only_so_many_runs_and_none_that_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [judged() for _ in range(3)]
    monkeypatch.setattr(concluded_standings, "RUNS_AT_MOST", 2)
    assert conclude().runs == 2
    Run.objects.filter(pk__in=runs).update(nodes=concluded_standings.NODES_AT_MOST + 1)
    assert conclude() == Concluded(
        runs=0, verdicts=0, kinds={}, independence={}, cost=None, priced=0
    )
