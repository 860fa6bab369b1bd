"""The whole check: which logs are there, what comes out of them, and how it stands to what others published.

Nothing is recorded of the logs: they are read and folded in memory, a file at a time.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.importers.base import NotImportable
from ingest.selfcheck import agents, game24, programs
from ingest.selfcheck.heard import Heard, hear
from ingest.selfcheck.judge import Checked, judge, leaves
from ingest.selfcheck.logs import BY_NAME, Log
from ingest.selfcheck.samples import Figures

Computed = Callable[[Sequence[Heard]], Figures]
TRUTH = "GROUND_TRUTH.json"
MAX_TRUTH_BYTES = 1_000_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """Figures under one prefix, from one file; `beside` are files that its importer reads with it."""

    prefix: str
    file: str
    computed: Computed
    beside: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Log, ...]:
        """All that must be there."""
        return tuple(BY_NAME[name] for name in (self.file, *self.beside))


PARTS = (
    Part("tot_game24.io", "tot_game24/io_100.json", game24.sample_figures),
    Part("tot_game24.cot", "tot_game24/cot_100.json", game24.sample_figures),
    Part("tot_game24.tot_b5", "tot_game24/tot_bfs_b5.json", game24.search_figures),
    *(
        Part(
            f"reflexion.{name}",
            f"reflexion_verifier/{name}_reflexion_gpt4.jsonl",
            programs.reflexion_figures,
        )
        for name in ("humaneval_py", "mbpp_py", "mbpp_rs")
    ),
    *(
        Part(
            f"reflexion.{name}_simple",
            f"reflexion_verifier/{name}_simple_gpt4.jsonl",
            programs.one_attempt_figures,
        )
        for name in ("mbpp_py", "mbpp_rs")
    ),
    Part("tau_airline", "tau_bench_airline/gpt-4o-airline.json", agents.airline_figures),
    Part(
        "codet_humaneval",
        "codet_humaneval/code_solution_codegen16B_n100.jsonl",
        programs.codet_figures,
        ("codet_humaneval/DERIVED_sample_results.csv",),
    ),
    Part("gsm8k", "gsm8k_verifier/example_model_solutions.jsonl", programs.gsm8k_figures),
    Part("swe_agent", "swe_agent_traj/pydicom__pydicom-1458.traj", agents.trajectory_figures),
    Part("swe_agent", "swe_agent_traj/marshmallow-1867_replay.traj", agents.replay_figures),
    Part("lats_mcts", "lats_mcts/webshop_mcts.log", agents.lats_figures),
    Part("aider", "aider_polyglot/polyglot_leaderboard.yml", agents.leaderboard_figures),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`figures` of the logs that were there; `absent` files by name; `troubles` are sentences on the others."""

    figures: list[Checked] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def check(data: Path, tell: Callable[[str], None]) -> Outcome:
    """Return what comes out of the logs below a folder, and which are not there; `tell` hears which file is read."""
    outcome = Outcome()
    recomputed = dict(leaves(_read_truth(data, outcome)))
    for part in PARTS:
        missing = [each.name for each in part.files if not (data / each.name).is_file()]
        if missing:
            outcome.absent.extend(name for name in missing if name not in outcome.absent)
            continue
        tell(part.file)
        outcome.figures.extend(judge(_compute(part, data, outcome), recomputed))
    return outcome


def _compute(part: Part, data: Path, outcome: Outcome) -> Figures:
    others = [each.name for each in part.files if digest(data / each.name) != each.sha256]
    if others:
        outcome.troubles.append(f"{', '.join(others)}: not the published file, by its SHA-256")
    try:
        found = part.computed(hear(data / part.file))
    except NotImportable as error:
        outcome.troubles.append(str(error))
        return {}
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # Only a file that is not the published one lacks what the computation takes for granted.
        log.exception("selfcheck of %s", part.file)
        outcome.troubles.append(f"{part.file}: cannot be computed from ({type(error).__name__})")
        return {}
    return {f"{part.prefix}.{name}": value for name, value in found.items()}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_truth(data: Path, outcome: Outcome) -> dict[str, Any]:
    path = data / TRUTH
    if not path.is_file():
        return {}
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(MAX_TRUTH_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        outcome.troubles.append(f"{TRUTH} cannot be read: {error}")
        return {}
    return found if isinstance(found, dict) else {}
