"""The program's side of control: what the server asks of a run, and where the program gives way.

A `Gate` stands before each node, model call, tool call and retry of a run. It speaks to nobody:
whoever has heard a `Word` of the server hands it in, and takes what is to be told from it.
"""

from deliberation.control.gate import Gate
from deliberation.control.heard import Heard, Word, read_word
from deliberation.control.not_approved import NotApproved
from deliberation.control.orders import Ack
from deliberation.control.shield import shielded
from deliberation.control.stopped import Cause, LimitExceeded, OnDisconnect, Stopped

__all__ = [
    "Ack",
    "Cause",
    "Gate",
    "Heard",
    "LimitExceeded",
    "NotApproved",
    "OnDisconnect",
    "Stopped",
    "Word",
    "read_word",
    "shielded",
]
