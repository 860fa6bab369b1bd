"""What a run would have answered is what counting every draw gives, from the recorded run to the answer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from io import StringIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberation.events import CandidateProposed, RunStarted, VerdictGiven
from deliberation.vocabulary import NodeKind, VerdictOutcome
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import People, make_people
from traces.models import Candidate, Run
from traces.queries.counterfactual import get_counterfactual
from traces.queries.what_if import Asked, WhatIf

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "tot_game24"
Sample = tuple[str | None, bool, float]
"""Answer, whether it is right, score."""
samples = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.booleans(),
        st.sampled_from([0.0, 0.1, 0.2, 0.3]),
    ),
    min_size=2,
    max_size=5,
)


def record(people: People, told: Sequence[Sample]) -> str:
    run = new_run()
    events: list[Any] = [make_event(RunStarted, run)]
    for at, (answer, right, score) in enumerate(told):
        node = f"s{at}"
        events += [
            observed(run, node, node_kind=NodeKind.SAMPLE),
            make_event(CandidateProposed, run, node=node, answer=answer, correct=right),
            make_event(
                VerdictGiven,
                run,
                node=node,
                verifier="judge",
                outcome=VerdictOutcome.UNSURE,
                score=score,
            ),
        ]
    put_on_record(people.project, *events)
    return run


def right_of(
    rule: WhatIf, told: Sequence[Sample], draw: Sequence[Sample], enough: float
) -> Fraction:
    """The share of what one draw returns that is right; of an answer, all its samples are alike."""
    if rule is WhatIf.BEST:
        leaders = [each for each in draw if each[2] == max(score for _, _, score in draw)]
        right = sum(is_right and score >= enough for _, is_right, score in leaders)
        return Fraction(right, len(leaders))
    strength: defaultdict[str | None, Fraction] = defaultdict(Fraction)
    for answer, _, score in draw:
        strength[answer] += 1 if rule is WhatIf.VOTES else Fraction(str(score))
    best = [name for name, each in strength.items() if each == max(strength.values())]
    having = [[is_right for answer, is_right, _ in told if answer == name] for name in best]
    return sum((Fraction(sum(each), len(each)) for each in having), Fraction(0)) / len(best)


def counted(rule: WhatIf, told: Sequence[Sample], n: int, enough: float = -1.0) -> float:
    """The share of all draws of n in which what is returned is right."""
    draws = list(combinations(told, n))
    return float(
        sum((right_of(rule, told, draw, enough) for draw in draws), Fraction(0)) / len(draws)
    )


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=samples)
def test_it_works(people: People, told: list[Sample]) -> None:
    run = record(people, told)
    for rule in (WhatIf.VOTES, WhatIf.WEIGHTED, WhatIf.BEST):
        for n in range(1, len(told) + 1):
            found = get_counterfactual(who=people.bob, run_id=run, asked=Asked(rule=rule, n=n))
            assert found.right == pytest.approx(counted(rule, told, n)), (rule, n)
            assert found.right + found.wrong + found.nothing == pytest.approx(1)
    asked = Asked(rule=WhatIf.BEST, n=2, threshold=0.2)
    found = get_counterfactual(who=people.bob, run_id=run, asked=asked)
    assert found.right == pytest.approx(counted(WhatIf.BEST, told, 2, 0.2))


def is_passed(test: Any) -> bool:
    """Of later logs `{"r": 1}`, of older ones True."""
    return bool(test["r"] if isinstance(test, dict) else test)


@pytest.mark.django_db
@pytest.mark.skipif(not DATA.is_dir(), reason="the public logs are not beside this tree")
@pytest.mark.parametrize(("log", "prompt"), [("io_100", "standard"), ("cot_100", "cot")])
def test_eight_samples_of_a_public_log_are_counted_as_they_were_drawn(
    tmp_path: Path, log: str, prompt: str
) -> None:
    people = make_people()
    cases = json.loads((DATA / f"{log}.json").read_bytes())
    tests = "infos" if "infos" in cases[0] else "accs"
    solved = next(case for case in cases if any(map(is_passed, case[tests][:8])))
    solved["ys"], solved[tests] = solved["ys"][:8], solved[tests][:8]
    folder = tmp_path / "game24"
    folder.mkdir()
    file = folder / f"gpt-4_0.7_naive_{prompt}_sample_100_start900_end1000.json"
    file.write_text(json.dumps([solved]))
    call_command("import_traces", str(file), stdout=StringIO(), stderr=StringIO())
    run = Run.objects.get()
    rows = Candidate.objects.filter(run_id=run.pk).values_list("cluster", "correct")
    told: list[Sample] = [(cluster, bool(right), float(bool(right))) for cluster, right in rows]
    assert len(told) == 8
    for rule in (WhatIf.VOTES, WhatIf.BEST):
        for n in (1, 3, 5, 8):
            found = get_counterfactual(who=people.bob, run_id=run.pk, asked=Asked(rule=rule, n=n))
            assert found.right == pytest.approx(counted(rule, told, n)), (rule, n)
