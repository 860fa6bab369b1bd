"""Calls, prices and repricing for tests. Plain functions with keyword arguments."""

from __future__ import annotations

import random
import uuid
from decimal import Decimal
from typing import Any

from deliberation.events import Event, NodeObserved
from deliberation.vocabulary import NodeKind, Usage
from ingest.priced import priced
from tests.integration.build import NOW, NOW_NS, new_run, observed, put_on_record
from traces.actions.add_price_override import NewPrice, add_price_override
from traces.actions.reprice import Repriced, reprice
from traces.models import Candidate, Edge, Node, PriceOverride, Project, Run, Verdict
from traces.queries.price_lists import load_price_lists

MILLION = Usage(input=1_000_000, output=0)


def call(run: str, node: str, **facts: Any) -> NodeObserved:
    """A call of a million tokens by a model that no table knows."""
    plain = {"node_kind": NodeKind.MODEL_CALL, "model": "brain-1", "provider": "acme"}
    return observed(run, node, **{**plain, "usage": MILLION, "started_at": NOW_NS, **facts})


def known_call(run: str, node: str, **facts: Any) -> NodeObserved:
    """The same by one that the bundled table knows: $30 a million."""
    return call(run, node, **{"model": "gpt-4", "provider": "openai", **facts})


def add(project: Project, model: str, dollars: str = "5", **more: Any) -> PriceOverride:
    """Give the project a price of its own, by alice."""
    plain: dict[str, Any] = {
        "model": model, "provider": None, "valid_from": None, "valid_until": None,
        "input": Decimal(dollars), "cache_read": None, "cache_write": None, "output": Decimal(0),
    }  # fmt: skip
    price = NewPrice(**(plain | more))
    return add_price_override(project_id=project.pk, price=price, by="user:alice", now=NOW)


def recorded(project: Project, *events: Event, run: str | None = None) -> str:
    """Record events as a worker does, priced with what stands; return the run."""
    prices = load_price_lists({project.pk})[project.pk]
    put_on_record(project, *(priced(event, prices) for event in events))
    return run or events[0].run


def one_run(project: Project, *nodes: str, **facts: Any) -> str:
    """Record a run of unknown calls."""
    run = new_run()
    return recorded(project, *(call(run, node, **facts) for node in nodes))


def again(project: Project, run: str, **options: Any) -> Repriced:
    """Reprice a run with what stands."""
    return reprice(
        run_id=uuid.UUID(run),
        prices=load_price_lists({project.pk})[project.pk],
        now_ns=NOW_NS,
        randbytes=random.Random(2).randbytes,
        **options,
    )


def cost_of(run: str, node: str) -> tuple[Decimal | None, str | None, str | None]:
    """A call's cost as its row stands: amount, provenance, source."""
    row = Node.objects.get(run_id=run, node_id=node)
    return row.cost, row.cost_provenance, row.price_table


def rows(run: str) -> list[dict[str, Any]]:
    """All rows of a run."""
    return [
        row
        for table in (Node, Candidate, Verdict, Edge)
        for row in table.objects.filter(run_id=run).order_by("pk").values()
    ] + list(Run.objects.filter(pk=run).values())
