"""What people and controllers did to a run while it decided: continuations, approvals, commands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from deliberation.vocabulary import EdgeKind
from traces.models import Approval, Command, Decision, Edge, Node, Run
from traces.queries.decision_moments import Happened

EACH_AT_MOST = 200


class MarkKind(StrEnum):
    """What sort of thing was done."""

    RESUMED = "resumed"
    """A node goes on where another was interrupted: a forced continuation, where that is what its source means."""
    REVISED = "revised"
    """A node is a new version of another."""
    APPROVAL = "approval"
    """The run asked people about an action."""
    DECIDED = "decided"
    """Somebody decided about it."""
    COMMAND = "command"
    """Something was asked of the run."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One of these; `about` names the tool, the decision or the command, `ordinal` the node, where there is one."""

    kind: MarkKind
    about: str
    happened: Happened
    ordinal: int | None = None


EDGES = {EdgeKind.RESUMES.value: MarkKind.RESUMED, EdgeKind.REVISES.value: MarkKind.REVISED}


def list_marks(run: Run) -> list[Mark]:
    """Return the marks of a run that the caller may see, the first 200 of each sort."""
    return [*_continuations(run), *_approvals(run), *_decisions(run), *_commands(run)]


def _continuations(run: Run) -> list[Mark]:
    edges = list(Edge.objects.filter(run_id=run.id, kind__in=EDGES).order_by("seq")[:EACH_AT_MOST])
    names = ("node_id", "ordinal", "name", "started_ns")
    sources = Node.objects.filter(run_id=run.id, node_id__in=[each.source for each in edges])
    nodes = {row[0]: row for row in sources.values_list(*names)}
    marks = []
    for edge in edges:
        _, ordinal, name, started = nodes.get(edge.source, (None, None, None, None))
        happened = Happened(edge.seq if ordinal is None else ordinal, started)
        marks.append(Mark(EDGES[edge.kind], name or edge.source, happened, ordinal))
    return marks


def _approvals(run: Run) -> list[Mark]:
    found = Approval.objects.filter(run_id=run.id).order_by("seq")[:EACH_AT_MOST]
    return [
        Mark(MarkKind.APPROVAL, each.tool, Happened(each.seq, each.requested_ns)) for each in found
    ]


def _decisions(run: Run) -> list[Mark]:
    found = Decision.objects.filter(run_id=run.id).order_by("seq")[:EACH_AT_MOST]
    return [
        Mark(MarkKind.DECIDED, f"{each.decision} by {each.by}", Happened(each.seq, each.decided_ns))
        for each in found
    ]


def _commands(run: Run) -> list[Mark]:
    found = Command.objects.filter(run_id=run.id).order_by("seq")[:EACH_AT_MOST]
    return [
        Mark(MarkKind.COMMAND, f"{each.kind} by {each.by}", Happened(each.seq, each.requested_ns))
        for each in found
    ]
