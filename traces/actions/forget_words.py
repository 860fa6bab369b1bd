"""Forget what replays hold of texts that are taken away: the last words of programs, and texts that were asked with.

They are no part of a ledger, and may repeat any text of the runs that they are about: all go, whichever text it was.
"""

from __future__ import annotations

import uuid

from django.db.models import Q

from traces.models import Replay
from traces.models.replay import OPEN


def forget_words(run_id: uuid.UUID) -> int:
    """Forget the words of all replays that replay a run or made it; return how many held some.

    One that is open keeps what it was asked with: a program is to run with it.
    """
    about = Replay.objects.filter(
        Q(of_run=run_id) | Q(run_id=run_id) | Q(earlier_runs__contains=[run_id])
    )
    held = about.exclude(last_words=None).update(last_words=None)
    for replay in about.exclude(stage__in=OPEN).exclude(overrides={}):
        kept = {name: value for name, value in replay.overrides.items() if _is_plain(name, value)}
        if kept != replay.overrides:
            Replay.objects.filter(pk=replay.pk).update(overrides=kept)
            held += 1
    return held


def _is_plain(name: str, value: object) -> bool:
    return name == "budget" or isinstance(value, (int, float))
