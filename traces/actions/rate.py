"""Rate a run or one of its nodes, on the closed scale of `Rating`."""

from __future__ import annotations

from deliberation.events import RatingGiven
from deliberation.vocabulary import Rating
from traces.actions.say import Said, Speech, say
from traces.actions.write_note import check_named
from traces.models import Remark
from traces.models.remark import RATING
from traces.projection.states import RunState


def rate(*, speech: Speech, rating: Rating | None, node_id: str | None = None) -> Said:
    """Say how good it is, None takes back what the same person said before; what stands already says nothing.

    Raises NotVisible for a node that nothing in the run names.
    """

    def make(run: RunState, key: str) -> RatingGiven | None:
        if node_id is not None:
            check_named(run, node_id)
        if _standing(run, speech.by, node_id) == (rating and rating.value):
            return None
        return RatingGiven(
            run=str(run.id),
            key=key,
            at=speech.now_ns,
            by=speech.by,
            on_node=node_id,
            rating=rating,
        )

    return say(speech, make)


def _standing(run: RunState, by: str, node_id: str | None) -> str | None:
    found = Remark.objects.filter(
        run_id=run.id, kind=RATING, by=by, node_id=node_id, superseded_seq=None
    )
    return found.values_list("value", flat=True).first()
