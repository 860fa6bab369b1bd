"""The read API's addresses. Each asks one query and writes its answer down."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from traces.api.auth import Key, Session, asker_of
from traces.api.decision_shapes import Decided
from traces.api.discarded_shapes import DiscardedPaths
from traces.api.link_shapes import Link, Links
from traces.api.node_shapes import Node, Nodes, NodesFound, NodeWhole, ToolCallOfRun, ToolCalls
from traces.api.problems import answers, tell_problems
from traces.api.resource_shapes import Resource, Resources
from traces.api.run_query import RunQuery
from traces.api.run_shapes import Run, Runs
from traces.api.verdict_shapes import Candidate, Candidates, Event, Events, Verdict, Verdicts
from traces.models.access import Scope
from traces.queries import (
    candidates,
    decision,
    discarded_paths,
    events,
    judged,
    matrix,
    node,
    node_search,
    resources,
    runs,
    tool_calls,
    trace_links,
    tree,
)
from traces.queries.run_list import list_runs as list_runs_in_order
from traces.queries.run_order import RunOrder

LIMIT = 1000
NONE_IS = "As it is written; - for what is not recorded"

router = Router(auth=[Key(Scope.READ), Session()], tags=["read"])
router.add_decorator(tell_problems, mode="view")

Limit = Annotated[int, Query(ge=1, le=LIMIT, description="How many at most")]
Cursor = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]
RunCursor = Annotated[str | None, Query(max_length=128, description="`next` of the page before")]
RunId = Annotated[str, Path(description="The run's UUID")]
NodeId = Annotated[str, Path(description="The node's id, as its source named it")]


@router.get("/runs", response=answers(Runs), summary="Runs, newest first")
def list_runs(
    request: HttpRequest,
    asked: Annotated[RunQuery, Query()],
    sort: Annotated[RunOrder, Query(description="The most first")] = RunOrder.NEWEST,
    cursor: RunCursor = None,
    limit: Limit = 100,
) -> Runs:
    """Runs of the projects that the asker may look into.

    A filter is looked for in 10,000 runs at a time: a page may hold fewer than `limit`, and `next` goes on.
    """
    page = list_runs_in_order(
        who=asker_of(request), filters=asked.filters(), order=sort, cursor=cursor, limit=limit
    )
    return Runs(items=[Run.of(run) for run in page.items], next=page.next)


@router.get("/runs/{run_id}", response=answers(Run), summary="One run")
def get_run(request: HttpRequest, run_id: RunId) -> Run:
    """A run with its whole answer and what was discarded."""
    return Run.of(runs.get_run(who=asker_of(request), run_id=run_id))


@router.get("/runs/{run_id}/nodes", response=answers(Nodes), summary="Nodes in pre-order")
def list_nodes(
    request: HttpRequest, run_id: RunId, after: Cursor = None, limit: Limit = 100
) -> Nodes:
    """Every node once, parents before children, siblings by start."""
    page = tree.list_nodes(who=asker_of(request), run_id=run_id, after=after, limit=limit)
    return Nodes(items=[Node.of(row) for row in page.items], next=page.next)


@router.get("/runs/{run_id}/nodes/{path:node_id}", response=answers(NodeWhole), summary="One node")
def get_node(request: HttpRequest, run_id: RunId, node_id: NodeId) -> NodeWhole:
    """A node with its texts, attributes, verdicts and edges."""
    found = node.get_node(who=asker_of(request), run_id=run_id, node_id=node_id, text_limit=None)
    return NodeWhole.whole(found)


@router.get("/runs/{run_id}/search", response=answers(NodesFound), summary="Nodes by their words")
def search_nodes(
    request: HttpRequest,
    run_id: RunId,
    q: Annotated[str, Query(max_length=200, description="Up to eight words; `name=value` too")],
    after: Annotated[int, Query(ge=-1, lt=2**53, description="`next` of the portion before")] = -1,
) -> NodesFound:
    """Nodes that hold every word in a row, a text or an attribute, from one portion of the run's ledger."""
    found = node_search.find_nodes(who=asker_of(request), run_id=run_id, text=q, after=after)
    return NodesFound.of(found)


@router.get("/runs/{run_id}/decision", response=answers(Decided), summary="How it was decided")
def get_decision(request: HttpRequest, run_id: RunId) -> Decided:
    """When the answer was decided, on what spending, and what was spent after that."""
    return Decided.of(decision.get_decision(who=asker_of(request), run_id=run_id))


@router.get(
    "/runs/{run_id}/candidates", response=answers(Candidates), summary="Candidates, newest first"
)
def list_candidates(request: HttpRequest, run_id: RunId) -> Candidates:
    """Everything that could have been the answer."""
    who = asker_of(request)
    table = candidates.list_candidates(who=who, run_id=run_id)
    said = matrix.list_outcomes(who=who, run_id=run_id)
    items = [Candidate.of(row, said.get(row.node_id, {})) for row in reversed(table.candidates)]
    return Candidates(items=items, next=None)


@router.get(
    "/runs/{run_id}/discarded",
    response=answers(DiscardedPaths),
    summary="Discarded paths, wrongly discarded ones first",
)
def list_discarded(
    request: HttpRequest,
    run_id: RunId,
    reason: Annotated[str | None, Query(max_length=100, description=NONE_IS)] = None,
    by: Annotated[str | None, Query(max_length=1000, description=NONE_IS)] = None,
    verifier: Annotated[
        str | None, Query(max_length=1000, description="Judged a node of the path")
    ] = None,
    wrongly: Annotated[bool, Query(description="Only what is known to have been right")] = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> DiscardedPaths:
    """Everything that the run threw away, and what that cost, each node once."""
    page = discarded_paths.list_discarded(
        who=asker_of(request),
        run_id=run_id,
        filters=discarded_paths.PathFilter(
            reason=reason, by=by, verifier=verifier, wrongly=wrongly
        ),
        cursor=cursor,
        limit=limit,
    )
    return DiscardedPaths.of(page)


@router.get("/runs/{run_id}/verdicts", response=answers(Verdicts), summary="Verdicts, newest first")
def list_verdicts(
    request: HttpRequest, run_id: RunId, cursor: Cursor = None, limit: Limit = 100
) -> Verdicts:
    """What verifiers said."""
    page = judged.list_concluded(who=asker_of(request), run_id=run_id, cursor=cursor, limit=limit)
    return Verdicts(items=[Verdict.of(row) for row in page.items], next=page.next)


@router.get(
    "/runs/{run_id}/tool-calls", response=answers(ToolCalls), summary="Tool calls, newest first"
)
def list_tool_calls(
    request: HttpRequest, run_id: RunId, cursor: Cursor = None, limit: Limit = 100
) -> ToolCalls:
    """The uses of tools."""
    page = tool_calls.list_tool_calls(
        who=asker_of(request), run_id=run_id, after=cursor, limit=limit
    )
    return ToolCalls(items=[ToolCallOfRun.of(row) for row in page.items], next=page.next)


@router.get(
    "/runs/{run_id}/resources",
    response=answers(Resources),
    summary="Outside things named, newest first",
)
def list_resources(
    request: HttpRequest, run_id: RunId, cursor: Cursor = None, limit: Limit = 100
) -> Resources:
    """Addresses, hosts, files and databases that tools and requests named."""
    page = resources.list_resources(
        who=asker_of(request), run_id=run_id, cursor=cursor, limit=limit
    )
    return Resources(items=[Resource.of(row) for row in page.items], next=page.next)


@router.get("/runs/{run_id}/links", response=answers(Links), summary="Links to and from other runs")
def list_links(request: HttpRequest, run_id: RunId) -> Links:
    """Links that spans carry into other traces, and those of other runs into this one."""
    found = trace_links.list_links(who=asker_of(request), run_id=run_id)
    return Links(items=[Link.of(each) for each in found])


@router.get("/runs/{run_id}/events", response=answers(Events), summary="Ledger entries, in order")
def list_events(
    request: HttpRequest,
    run_id: RunId,
    after: Annotated[int, Query(ge=-1, lt=2**53, description="The seq to go on after")] = -1,
    limit: Limit = 100,
) -> Events:
    """The ledger: what was reported, by whom, and the bytes that were hashed."""
    page = events.list_events(who=asker_of(request), run_id=run_id, after=after, limit=limit)
    return Events(items=[Event.of(row) for row in page.items], next=page.next)
