"""The totals that come with the public logs, read leaf by leaf and held against what the rows say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management import call_command
from django.db.models import Count, Q, Sum

from tests.people import make_person, make_project
from traces.models import Candidate, Project, Run
from traces.models.access import Role
from traces.queries.access import Viewer
from traces.queries.frontier import get_frontier
from traces.queries.frontier_asked import FrontierAsked
from traces.queries.frontier_curves import Rule
from traces.queries.frontier_rows import Frontier
from traces.queries.judgements import Judging
from traces.queries.run_filters import RunFilters
from traces.queries.verifier import Verifier, get_verifier

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


def viewer() -> AbstractBaseUser:
    """Somebody who may look into the project that `read` imports into."""
    found = get_user_model().objects.filter(username="bob").first()
    return found or make_person("bob", project=make_project(), role=Role.VIEWER)


def pass_on_frontier() -> dict[str, float]:
    """pass@k of all that was imported, as it stands among accuracy against cost: rounded, by k."""
    asked = FrontierAsked(rules=(Rule.ANY,))
    found = get_frontier(who=viewer(), filters=RunFilters(), asked=asked)
    (system,) = {each.system for each in found.points if each.rule}
    curve = shares_on_frontier(found, system, Rule.ANY)
    return {k: round(chance, 4) for k, chance in curve.items()}


def shares_on_frontier(found: Frontier, system: str, rule: Rule) -> dict[str, float]:
    """Accuracy of a system by a rule: by N, as the truth's files write it."""
    return {
        f"{each.n:g}": each.accuracy.mean
        for each in found.points
        if (each.system, each.rule) == (system, rule)
    }


def judged_by(verifier: str) -> Verifier:
    """What the pages say of a verifier of the logs that were read."""
    projects = frozenset(Project.objects.values_list("pk", flat=True))
    return get_verifier(
        who=Viewer(project_ids=projects), asked=Judging(verifier=verifier), filters=RunFilters()
    )
