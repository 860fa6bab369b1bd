"""Whether a run can be replayed, in which mode, and if not, why: one judgement for pages, the API and who asks."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import ReplayMode
from traces.models import Draw, Removal, Run
from traces.models.removal import EXPIRED
from traces.models.run import FINAL, FOREIGN
from traces.queries.beginnings import nodes_by_begin
from traces.queries.program import read_parameters


class Obstacle(StrEnum):
    """What stands in the way of a replay."""

    FOREIGN = "foreign"
    """It came in a bundle."""
    IMPORTED = "imported"
    """It was read from a file."""
    TRACED = "traced"
    """It was recorded from traces."""
    NO_PROGRAM = "no_program"
    """It names no entry point."""
    GOING_ON = "going_on"
    """It has not ended."""
    NO_PARAMETERS = "no_parameters"
    """What it was begun with is not there any more."""
    GAPS = "gaps"
    """Its program dropped events."""
    REMOVED = "removed"
    """Texts that calls need were taken away."""
    UNENDED = "unended"
    """A call of it came to no result."""

    @property
    def sentence(self) -> str:
        """What is told to people and programs."""
        return str(SENTENCES[self])


SENTENCES: dict[Obstacle, str | Promise] = {
    Obstacle.FOREIGN: _(
        "This run came in a bundle from another installation: its program is not known here."
    ),
    Obstacle.IMPORTED: _("This run was read from a file: there is no program to start."),
    Obstacle.TRACED: _(
        "This run was recorded from traces: there is no program that can be started."
    ),
    Obstacle.NO_PROGRAM: _(
        "The program of this run names no entry point, so nothing can begin it again."
    ),
    Obstacle.GOING_ON: _("This run goes on: it can be replayed once it has ended."),
    Obstacle.NO_PARAMETERS: _(
        "What the program was begun with was taken away, or is not recorded."
    ),
    Obstacle.GAPS: _(
        "The program dropped events of this run, so its recording has gaps and cannot repeat it "
        "exactly. A fork can be made."
    ),
    Obstacle.REMOVED: _(
        "Texts of calls were redacted or have expired, so the recording cannot repeat the run exactly. "
        "A fork can be made."
    ),
    Obstacle.UNENDED: _(
        "A call of this run came to no result, so the recording cannot repeat it exactly. "
        "A fork can be made."
    ),
}
NEEDED = ("input", "request", "output", "error", "raised", "value")
"""The parts of a call that its key is of, or that answer it."""
MAX_LOOKED_AT = 10_000
BY_SOURCE = {FOREIGN: Obstacle.FOREIGN, "import": Obstacle.IMPORTED, "otlp": Obstacle.TRACED}


def find_obstacles(run: Run) -> Mapping[ReplayMode, Obstacle | None]:
    """Return what stands in the way of each mode; None where nothing does. The caller has checked the run."""
    of_program = _program_obstacle(run)
    of_recording = of_program or recording_obstacle(run)
    return {
        ReplayMode.RECORDED: of_recording,
        ReplayMode.FORK: of_program,
        ReplayMode.LIVE: of_program,
    }


def recording_obstacle(run: Run, until_seq: int | None = None) -> Obstacle | None:
    """Return why the recording of a run does not answer each of its calls before an entry; None where it does."""
    if run.missing_events:
        return Obstacle.GAPS
    if _lacks_texts(run):
        return Obstacle.REMOVED
    unended = _calls(run).filter(ended_ns=None)
    if until_seq is not None:
        unended = unended.filter(begun__lt=until_seq)
    return Obstacle.UNENDED if unended.exists() else None


def _program_obstacle(run: Run) -> Obstacle | None:
    if run.entry_point is None:
        return BY_SOURCE.get(run.source, Obstacle.NO_PROGRAM)
    if run.source in (FOREIGN, "import"):
        return BY_SOURCE[run.source]
    if run.observed_state not in FINAL:
        return Obstacle.GOING_ON
    return None if read_parameters(run) is not None else Obstacle.NO_PARAMETERS


def _lacks_texts(run: Run) -> bool:
    """Return True where a text of a call was taken away; what else was does not keep a replay from repeating."""
    removals = Removal.objects.filter(run_id=run.pk)
    if (last := removals.filter(kind=EXPIRED).order_by("-entry").first()) is not None:
        return _calls(run).filter(begun__lt=last.entry).exists() or _draws(run, last.entry)
    gone = list(removals.filter(part__in=NEEDED).values_list("entry", flat=True)[:MAX_LOOKED_AT])
    if not gone:
        return False
    drawn = Draw.objects.filter(run_id=run.pk, seq__in=gone)
    return _calls(run).filter(entries__overlap=gone).exists() or drawn.exists()


def _draws(run: Run, before: int) -> bool:
    return Draw.objects.filter(run_id=run.pk, seq__lt=before).exists()


def _calls(run: Run) -> QuerySet[Any]:
    return nodes_by_begin(run.pk).filter(call_key__isnull=False)
