"""The calls that have no price, by model: what stands between a sum and the whole of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from deliberation.vocabulary import Usage
from traces.pricing import PriceList
from traces.queries.access import Who, as_viewer, see_run
from traces.queries.price_lists import load_price_lists

NEWEST_RUNS = 1_000
"""With calls that have no price, of each project; older ones are looked at run by run."""
ENOUGH_NODES = 300_000
"""Of those runs, about a second's worth; the newest run is looked at however large it is."""
MAX_MODELS = 1_000

# Which calls count as unpriced is what `traces.projection.tally` counts in a run's `unpriced_calls`.
UNPRICED = """
WITH looked_at AS ({runs})
SELECT looked_at.project_id, project.slug, node.model, node.provider,
  CASE WHEN node.model IS NULL THEN 'no_model'
       WHEN node.input_tokens IS NULL AND node.output_tokens IS NULL THEN 'no_tokens'
       WHEN coalesce(node.cache_read_tokens, 0) + coalesce(node.cache_write_tokens, 0) > coalesce(node.input_tokens, 0)
         OR coalesce(node.reasoning_tokens, 0) > coalesce(node.output_tokens, 0) THEN 'contradiction'
       ELSE 'no_price' END AS why,
  count(*), count(DISTINCT node.run_id), sum(node.input_tokens), sum(node.output_tokens),
  min(coalesce(node.started_ns, node.ended_ns)), max(coalesce(node.started_ns, node.ended_ns))
FROM looked_at JOIN traces_node AS node ON node.run_id = looked_at.id
JOIN traces_project AS project ON project.id = looked_at.project_id
WHERE node.kind = 'model_call' AND node.cost IS NULL AND node.twin_of IS NULL
  AND NOT (node.calls_below AND node.instrumentation IS NOT NULL)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 2, 3, 4, 5 LIMIT %s"""
OF_PROJECTS = """
SELECT newest.id, newest.project_id FROM unnest(%s::bigint[]) AS wanted (project_id)
CROSS JOIN LATERAL (
  SELECT run.id, run.project_id, sum(run.nodes) OVER (ORDER BY run.id DESC) - run.nodes AS newer_nodes
  FROM traces_run AS run
  WHERE run.project_id = wanted.project_id AND run.unpriced_calls > 0 ORDER BY run.id DESC LIMIT %s
) AS newest WHERE newest.newer_nodes < %s"""
OF_RUN = "SELECT id, project_id FROM traces_run WHERE id = %s"


class WhyUnpriced(StrEnum):
    """Why a call has no price."""

    NO_MODEL = "no_model"
    """It names no model."""
    NO_TOKENS = "no_tokens"
    """It states no tokens."""
    CONTRADICTION = "contradiction"
    """Parts of its tokens are more than the whole."""
    NO_PRICE = "no_price"
    """Neither the project nor the table has a price for the model."""
    PRICE_SINCE = "price_since"
    """There is a price by now; `manage.py reprice` gives it to the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpricedModel:
    """Calls of one model that have no price for one reason. Tokens are null where none is stated; times in ns."""

    project: str
    model: str | None
    provider: str | None
    why: WhyUnpriced
    calls: int
    runs: int
    input_tokens: int | None
    output_tokens: int | None
    first_ns: int | None
    last_ns: int | None


def unpriced_of_run(*, who: Who, run_id: str | uuid.UUID) -> list[UnpricedModel]:
    """Return the models of a run's calls that have no price, most calls first. Raises NotVisible."""
    run = see_run(who, run_id)
    return _read(OF_RUN, [run.pk], {run.project_id})


def unpriced_of_projects(*, who: Who, project_id: int | None = None) -> list[UnpricedModel]:
    """Return the same for the newest runs of one project that `who` may look into, or of all."""
    ids = as_viewer(who).project_ids
    wanted = ids if project_id is None else ids & {project_id}
    return _read(OF_PROJECTS, [sorted(wanted), NEWEST_RUNS, ENOUGH_NODES], wanted)


def _read(runs: str, values: list[Any], projects: set[int] | frozenset[int]) -> list[UnpricedModel]:
    prices = load_price_lists(projects)
    with connection.cursor() as cursor:
        cursor.execute(UNPRICED.format(runs=runs), [*values, MAX_MODELS])
        rows = cursor.fetchall()
    return [_model(row, prices[row[0]]) for row in rows]


def _model(row: tuple[Any, ...], prices: PriceList) -> UnpricedModel:
    _, slug, model, provider, why, calls, runs, entered, came_out, first, last = row
    return UnpricedModel(
        project=slug,
        model=model,
        provider=provider,
        why=_why(why, prices, model, provider, last),
        calls=calls,
        runs=runs,
        input_tokens=None if entered is None else int(entered),
        output_tokens=None if came_out is None else int(came_out),
        first_ns=first,
        last_ns=last,
    )


def _why(
    stored: str, prices: PriceList, model: str | None, provider: str | None, last: int | None
) -> WhyUnpriced:
    if stored != WhyUnpriced.NO_PRICE:
        return WhyUnpriced(stored)
    cost = prices.cost_of(model, provider, Usage(input=0, output=0), last)
    return WhyUnpriced.NO_PRICE if cost.amount is None else WhyUnpriced.PRICE_SINCE
