"""When what decided a run happened: on the source's clock where all of it has a time, else by ledger order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from deliberation.ledger.entry import read_line
from traces.models import Node, Run
from traces.queries.candidates import CandidateRow
from traces.queries.columns import Tree
from traces.queries.ends import read_ends

PROPOSED = b'"kind":"candidate.proposed"'


class Clock(StrEnum):
    """What orders the moments of a run."""

    TIME = "time"
    """The times that its sources claim, in ns since 1970."""
    LEDGER = "ledger"
    """The order in which it was recorded: some things tell no time."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing: its place in the ledger, and its time in ns since 1970, where it has one."""

    seq: int
    ns: int | None

    def on(self, clock: Clock) -> int:
        """Return its moment; a time is asked for only where there is one."""
        return self.seq if clock is Clock.LEDGER or self.ns is None else self.ns


def choose_clock(things: Iterable[Happened]) -> Clock:
    """Return the source's clock where everything has a time, else the ledger's order."""
    return Clock.TIME if all(each.ns is not None for each in things) else Clock.LEDGER


def moments_of_nodes(tree: Tree) -> dict[int, Happened]:
    """Return row → when a node was over, else when it began."""
    ends = read_ends(tree.run_id)
    columns = tree.columns
    return {
        row: Happened(ordinal, ends.get(ordinal, columns.started_ns[row]))
        for row, ordinal in enumerate(columns.ordinal)
    }


def moments_of_proposals(run: Run, candidates: Iterable[CandidateRow]) -> dict[str, Happened]:
    """Return node id → when it was first said to hold an answer. A later word on it changes nothing."""
    ids = [each.node_id for each in candidates]
    entries = Node.objects.filter(run_id=run.id, node_id__in=ids).values_list("entries", flat=True)
    found: dict[str, Happened] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, line FROM traces_ledgerentry "
            "WHERE run_id = %s AND seq = ANY(%s) AND position(%s in line) > 0 ORDER BY seq",
            [run.id, [seq for each in entries for seq in each], PROPOSED],
        )
        for seq, line in cursor.fetchall():
            fields = read_line(bytes(line))
            told = fields.get("t_src")
            happened = Happened(seq, None if told is None else int(told))
            found.setdefault(fields["d"]["node"], happened)
    return found
