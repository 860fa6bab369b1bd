"""The published log of LATS comes out with its searches, states and values, through the tables."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.people import make_project
from traces.models import Node, Run, Verdict

LOG = Path(__file__).resolve().parents[4] / "shared" / "data" / "lats_mcts" / "webshop_mcts.log"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not LOG.is_file(), reason="the public logs are not beside this tree (../shared/data)"
    ),
]


@pytest.fixture(autouse=True)
def imported() -> None:
    make_project()
    call_command("import_traces", str(LOG), stdout=StringIO(), stderr=StringIO())


def test_four_searches_sixty_states_and_twenty_six_values() -> None:
    assert Counter(Run.objects.values_list("strategy", "observed_state")) == {
        ("mcts", "completed"): 2,
        ("mcts", "crashed"): 1,
        ("mcts", "lost"): 1,
    }
    assert Node.objects.filter(kind__in=("expansion", "rollout")).count() == 60
    assert Node.objects.filter(kind="critique").count() == 26
    depths = Counter(
        Node.objects.filter(kind__in=("expansion", "rollout")).values_list("depth", flat=True)
    )
    assert depths == {1: 20, 2: 10, 3: 10, 4: 10, 5: 10}
    assert not Run.objects.exclude(orphans=0).exists()


def test_each_search_that_ended_has_a_path_to_what_it_bought() -> None:
    ended = Run.objects.filter(observed_state="completed")
    for run in ended:
        path = Node.objects.filter(run_id=run.pk, fate="selected").order_by("depth")
        assert list(path.values_list("depth", flat=True)) == [1, 2, 3, 4, 5]
        assert path.last().node_id == run.selected_node
    assert Verdict.objects.filter(outcome="accept", saw_reference=True).count() == 10


def test_values_are_tenths_or_the_mark_of_an_answer_without_a_number() -> None:
    values = Node.objects.exclude(value=None).values_list("value", "value_min", "value_max")
    assert {value for value, *_ in values} <= {-1.0, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0}
    assert {(least, most) for _, least, most in values} == {(-1.0, 1.0)}
    assert len(values) == 26
