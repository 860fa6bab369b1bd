"""What a replay is to do, as the server gives it to a runner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deliberation.vocabulary import Dimension, Limit, OnHit, ReplayMode
from deliberation.vocabulary.budget import read_amount

RAISED = "raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One replay. `parameters` are what the entry point was called with, `overrides` what is to be otherwise.

    `limits` are those of the new run: `replacing` by dimension those that stand in the place of the program's own,
    the others only where they are lower.
    """

    id: str
    run_id: str
    of_run: str
    mode: ReplayMode
    entry_point: str = ""
    attempt: int = 1
    from_node: str | None = None
    strict: bool = True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[Dimension, Limit] = field(default_factory=dict)
    replacing: frozenset[Dimension] = frozenset()
    recording: str | None = None
    code_digest: str | None = None

    def limited(self, stated: Mapping[Dimension, Limit]) -> dict[Dimension, Limit]:
        """Return the limits of the new run, where its program states these."""
        found = dict(stated)
        for dimension, limit in self.limits.items():
            own = None if dimension in self.replacing else stated.get(dimension)
            found[dimension] = limit if own is None else own.tightened(limit)
        return found


def read_job(plain: Mapping[str, Any]) -> Job:
    """Return the job of a claim's answer. Raises ValueError, KeyError or TypeError for what is none."""
    budgets = {Dimension(name): said for name, said in (plain.get("budgets") or {}).items()}
    return Job(
        id=str(plain["id"]),
        run_id=str(plain["run_id"]),
        of_run=str(plain["of_run"]),
        mode=ReplayMode(plain["mode"]),
        entry_point=str(plain["entry_point"]),
        attempt=int(plain["attempt"]),
        from_node=plain.get("from_node"),
        strict=plain.get("strict") is not False,
        parameters=dict(plain.get("parameters") or {}),
        overrides=dict(plain.get("overrides") or {}),
        limits={dimension: _limit(said, dimension) for dimension, said in budgets.items()},
        replacing=frozenset(each for each, said in budgets.items() if said.get("source") == RAISED),
        recording=plain.get("recording"),
        code_digest=plain.get("expected_code_digest"),
    )


def _limit(said: Mapping[str, Any], dimension: Dimension) -> Limit:
    usual = Limit()
    return Limit(
        hard=read_amount(said.get("hard"), dimension.value),
        soft=read_amount(said.get("soft"), dimension.value),
        on_hit=OnHit(said.get("on_hit") or usual.on_hit),
        on_soft=OnHit(said.get("on_soft") or usual.on_soft),
    )
