"""Sign a run off: a person answers for it as they saw it, or does not.

Guarantee: the entry stands right after what they were shown. Under the run's lock the size and root of the ledger that
they name must be those it has now; where it grew meanwhile nothing is signed, and they are told so. This is a record
of what somebody who was signed in said, sealed in the ledger like all others; it is no cryptographic signature.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext

from deliberation.events import SignedOff
from deliberation.ledger.head import split_frontier
from deliberation.ledger.tree import root_of
from deliberation.vocabulary import ActorKind, SignOff
from traces.actions.conflict import Conflict, Unfit
from traces.actions.say import Said, Speech, check_text, say
from traces.models import Node
from traces.projection.states import RunState
from traces.queries.access import NotAllowed

MAX_STATEMENT_CHARS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What somebody says, and what they had seen: the ledger's size and root (base64) when they were shown the run."""

    outcome: SignOff
    statement: str
    seen_size: int
    seen_root: str


class Grown(Conflict):
    """The run grew after they were shown it: 409. `seen_size` is what they had seen of it, `size` what there is."""

    def __init__(self, run: RunState, seen_size: int) -> None:
        super().__init__(f"the run has grown from {seen_size:,} to {run.size:,} entries since", run)
        self.seen_size = seen_size
        self.size: int = run.size


def sign_off(*, speech: Speech, signature: Signature) -> Said:
    """Sign in the name of a person; the sign-off's id is the ticket.

    Raises Unfit for a statement that is too long, and for a size and root that the ledger never had, NotAllowed for
    whoever is no person, Grown where the ledger is not what they were shown.
    """
    statement = check_text("statement", signature.statement, MAX_STATEMENT_CHARS, least=0)
    if speech.by.partition(":")[0] != ActorKind.USER.value:
        raise NotAllowed(gettext("a person signs off, who is signed in: a key answers for nothing"))

    def make(run: RunState, key: str) -> SignedOff:
        _check_seen(run, signature)
        return SignedOff(
            run=str(run.id),
            key=key,
            at=speech.now_ns,
            sign_off=speech.ticket,
            by=speech.by,
            outcome=signature.outcome,
            seen_size=run.size,
            seen_root=root_text(run),
            on_node=run.selected_node or _first_node(run),
            answer_seq=run.answer_seq,
            statement=statement or None,
        )

    return say(speech, make)


def root_text(run: RunState) -> str:
    """Return the Merkle root of the run's ledger, base64."""
    return b64encode(root_of(split_frontier(run.frontier))).decode("ascii")


def _check_seen(run: RunState, signature: Signature) -> None:
    if 0 < signature.seen_size < run.size:
        raise Grown(run, signature.seen_size)
    if (signature.seen_size, signature.seen_root) != (run.size, root_text(run)):
        raise Unfit("seen_root", gettext("is no root that this ledger ever had"))


def _first_node(run: RunState) -> str | None:
    """Return the node that speaks for a run where none was chosen."""
    roots = Node.objects.filter(run_id=run.id, parent_id=None)
    first = roots.order_by(F("started_ns").asc(nulls_last=True), "ordinal")
    return first.values_list("node_id", flat=True).first()
