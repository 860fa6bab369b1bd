"""The read API: runs, and what is in them. `router` is mounted by the house."""

from __future__ import annotations

from traces.api.runs import router

__all__ = ["router"]
