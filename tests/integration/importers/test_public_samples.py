"""What the public logs of samples say beyond their totals (test_ground_truth.py), from stored rows."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from deliberation.vocabulary import EdgeKind
from tests.people import make_project
from traces.models import Candidate, Edge, Node, Run, Verdict

TREE = Path(__file__).resolve().parents[3]
DATA = TREE.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public logs are not beside this tree (../shared/data)"
)


def read(*names: str) -> None:
    make_project()
    paths = [str(DATA / name) for name in names]
    call_command("import_traces", *paths, stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("log", ["humaneval_py", "mbpp_py", "mbpp_rs"])
def test_each_revision_answers_a_critique_of_an_attempt_that_a_test_rejected(log: str) -> None:
    read(f"reflexion_verifier/{log}_reflexion_gpt4.jsonl")
    attempts = Node.objects.filter(kind__in=["proposal", "revision"]).count()
    assert attempts == Verdict.objects.count()
    critiques = Node.objects.filter(kind="critique").count()
    revisions = Edge.objects.filter(kind=EdgeKind.REVISES.value).count()
    assert critiques == revisions == attempts - Run.objects.filter(strategy="reflexion").count()
    assert Node.objects.filter(fate_reason="verifier_rejected").count() == revisions


def test_one_attempt_without_reflection_is_another_strategy() -> None:
    read("reflexion_verifier/mbpp_rs_simple_gpt4.jsonl")
    assert set(Run.objects.values_list("strategy", flat=True)) == {"chain_of_thought"}
    assert not Verdict.objects.exists()


def test_a_rebuild_gives_the_same_rows() -> None:
    read("reflexion_verifier/humaneval_py_reflexion_gpt4.jsonl")
    before = all_rows()
    call_command("rebuild", stdout=StringIO(), stderr=StringIO())
    assert all_rows() == before


def all_rows() -> list[dict[str, Any]]:
    tables = (Node, Candidate, Verdict, Edge)
    return [row for table in tables for row in table.objects.order_by("pk").values()]
