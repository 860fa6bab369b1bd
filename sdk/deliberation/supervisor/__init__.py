"""`deliberation exec -- COMMAND`: a process that owns another's, so that a kill can be confirmed."""

from deliberation.supervisor.supervise import supervise

__all__ = ["supervise"]
