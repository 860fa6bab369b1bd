"""`deliberation runner MODULE:FUNCTION…`: a process of the instrumented system that serves replays."""

from deliberation.runner.serve import serve

__all__ = ["serve"]
