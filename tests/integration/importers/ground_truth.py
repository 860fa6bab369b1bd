"""The totals that come with the public logs, read leaf by leaf and held against what the rows say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db.models import Count, Q, Sum

from tests.people import make_project
from traces.models import Candidate, Run

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
FILE = DATA / "GROUND_TRUTH.json"

Leaves = dict[str, Any]

LEAF = "the log says whether an output is right, not whether a leaf that was pruned would have been"
NOT_IN_TOT = {
    "leaf_value_auc": LEAF,
    **{
        f"leaf_value>={bound}.{name}": LEAF
        for bound in (20, 60)
        for name in (
            "tp",
            "fp",
            "fn",
            "tn",
            "precision",
            "recall",
            "false_accept_rate",
            "false_discovery",
        )
    },
}


def truth(prefix: str) -> Leaves:
    """The leaves under a name: `pass_at_k.5` → 0.4203."""
    found: Any = json.loads(FILE.read_text())
    for name in prefix.split("."):
        found = found[name]
    return dict(leaves(found))


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{at}.{name}" if at else name)
    else:
        yield at, value


def agree(prefix: str, found: Leaves, *, without: dict[str, str] | None = None) -> None:
    """Compare leaf by leaf: counts and money exactly, rates to four decimals, drawn ones to a hundredth."""
    expected = truth(prefix)
    left_out = without or {}
    assert found.keys() | left_out.keys() == expected.keys()
    assert not found.keys() & left_out.keys()
    wrong = {
        name: (expected[name], value)
        for name, value in found.items()
        if not same(name, value, expected[name])
    }
    assert wrong == {}


def same(name: str, ours: Any, theirs: Any) -> bool:
    if isinstance(ours, Decimal):
        return ours == Decimal(str(theirs))
    if not isinstance(ours, float):
        return bool(ours == theirs)
    if "_mc" in name:
        return abs(ours - theirs) <= 0.01
    digits = len(str(theirs).partition(".")[2])
    is_rounded = name.startswith("paper_") or theirs > 1
    return abs(ours - theirs) <= 0.5 * 10 ** -(digits if is_rounded else 4) + 1e-12


def read(*names: str) -> list[str]:
    """Import files, and return the warnings of all runs."""
    make_project()
    out = StringIO()
    call_command(
        "import_traces", *(str(DATA / name) for name in names), stdout=out, stderr=StringIO()
    )
    return [
        warning for line in out.getvalue().splitlines() for warning in json.loads(line)["warnings"]
    ]


def by_k(name: str, ks: list[str], value: Any) -> Leaves:
    return {f"{name}.{k}": value(int(k)) for k in ks}


def ks_of(prefix: str, name: str) -> list[str]:
    return [leaf.rpartition(".")[2] for leaf in truth(prefix) if leaf.startswith(f"{name}.")]


def spent() -> Leaves:
    sums = Run.objects.aggregate(Sum("input_tokens"), Sum("output_tokens"), Sum("cost"))
    return {
        "prompt_tokens": sums["input_tokens__sum"],
        "completion_tokens": sums["output_tokens__sum"],
        "cost": sums["cost__sum"],
    }


def right_of_all() -> list[tuple[int, int]]:
    """Samples and right samples of each run."""
    right = Count("node_id", filter=Q(correct=True))
    tasks = Candidate.objects.values("run_id").annotate(n=Count("node_id"), c=right)
    return list(tasks.values_list("n", "c"))
