"""Where the demo's programs report: runs whose names do not depend on when they are played.

A program's run id, node ids and event keys are drawn from its name, its version, the project's key
and the current month. Played again in the same month, each event has the key it had before and is
recorded once. The month is in it because a run id carries a time, which decides the partition that
keeps the run: it is the month's first instant.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from deliberation.client import Client, Run, begin_run
from deliberation.repeatable import month_run_id, repeatable_randbytes

VERSION = 1
"""Raised when a program's events change, or a second playing would mix two versions in one run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A client, and the names its demo runs take."""

    client: Client
    key: str
    month: dt.date

    def run(self, program: str, task: str, **facts: Any) -> Run:
        """Return the one run of a program on this stage.

        `facts` are those of `deliberation.run`.
        """
        words = (program, str(VERSION), self.key, f"{self.month:%Y-%m}")
        randbytes = repeatable_randbytes("demo", *words)
        run_id = month_run_id(self.month, randbytes)
        return begin_run(
            self.client,
            task,
            run_id=run_id,
            producer=f"demo-{VERSION}",
            randbytes=randbytes,
            tags=["demo"],
            **facts,
        )
