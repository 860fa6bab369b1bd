"""Telling in what a replay differs from what it repeats."""

from __future__ import annotations

from deliberation.client.recorder import Recorder
from deliberation.control import Stopped
from deliberation.events import ReplayDiverged
from deliberation.replay import Diverged, Told


def told_difference(recorder: Recorder, told: Told | None) -> Stopped | None:
    """Report a difference, and stop the run where the replay ends by it; return what is to be raised then."""
    if told is None:
        return None
    recorder.report(ReplayDiverged, reserved=True, **told.facts)
    if not told.stops:
        return None
    stop = Diverged(told.sentence)
    recorder.gate.halt(stop)
    # Of a run that was to stop already, this is still the reason why nothing more is called.
    return recorder.gate.stopped() or stop
