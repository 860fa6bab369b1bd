"""Repeating a run: the names of its calls, the recording they are answered from, and what differs.

Speaks to nobody. The client asks it about each call; `deliberation.runner` brings the job and the recording.
"""

from deliberation.replay.entry_point import Entry, entry_of, entry_point, facts_of_entry
from deliberation.replay.errors import Diverged, RecordedError, raised_again, told_error
from deliberation.replay.job import Job, read_job
from deliberation.replay.keys import Keys, canonical
from deliberation.replay.recorded import Recorded, read_recorded
from deliberation.replay.recording import BadRecording, Recording, read_recording
from deliberation.replay.replay import Met, Replay, Told
from deliberation.replay.stage import active_replay, replaying

__all__ = [
    "BadRecording",
    "Diverged",
    "Entry",
    "Job",
    "Keys",
    "Met",
    "Recorded",
    "RecordedError",
    "Recording",
    "Replay",
    "Told",
    "active_replay",
    "canonical",
    "entry_of",
    "entry_point",
    "facts_of_entry",
    "raised_again",
    "read_job",
    "read_recorded",
    "read_recording",
    "replaying",
    "told_error",
]
