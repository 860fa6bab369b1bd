"""The client: scopes of a program become events, events reach the server, and the program never
notices.

What it promises stands in `Client`. From the program to the wire:
scopes (`run`, `node`, `call`, `tool`) → `recorder` → `build` → `buffer` → `sender` → `spool` →
`transport`.
"""

from deliberation.client.asked import Approval
from deliberation.client.begin import begin_run
from deliberation.client.call import ModelCall
from deliberation.client.client import Client
from deliberation.client.counts import Stats
from deliberation.client.current import current
from deliberation.client.default import configure, default_client, flush, join, run, stats
from deliberation.client.joined import Joined, join_run
from deliberation.client.judged import Verdict
from deliberation.client.node import Node
from deliberation.client.run import Run
from deliberation.client.settings import Settings, settings_from
from deliberation.client.tool import ToolCall
from deliberation.client.verifier import VerifierCall

__all__ = [
    "Approval",
    "Client",
    "Joined",
    "ModelCall",
    "Node",
    "Run",
    "Settings",
    "Stats",
    "ToolCall",
    "Verdict",
    "VerifierCall",
    "begin_run",
    "configure",
    "current",
    "default_client",
    "flush",
    "join",
    "join_run",
    "run",
    "settings_from",
    "stats",
]
