"""What the page of a run's replays shows beside them: whether it can be replayed, by whom, and what it is itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from deliberation.vocabulary import Dimension, Limit, ReplayMode
from traces.analytics.billing import SetAside
from traces.analytics.fidelity import Judged
from traces.models import Node, Run
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.beginnings import begin_of
from traces.queries.fidelity import fork_seq, read_fidelity
from traces.queries.fork_budgets import read_remainder
from traces.queries.program import read_parameters
from traces.queries.recording import count_calls
from traces.queries.replayable import Obstacle, find_obstacles
from traces.queries.replays import Code, ReplayRow, replay_of_run
from traces.queries.runners import RunnerRow, list_runners

MAX_CALLS = 5_000
"""Of both runs together: what nobody asked for here is judged while the page is made."""
PARAMETERS_CHARS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The program of a run, as it says itself, and the runners that are heard of and serve it."""

    entry_point: str
    version: str | None
    code_digest: str | None
    parameters: str | None
    runners: list[RunnerRow]

    @property
    def other_code(self) -> list[RunnerRow]:
        """Those runners that serve it with another source than the run was made with."""
        return [each for each in self.runners if self._digest(each) not in (None, self.code_digest)]

    def _digest(self, runner: RunnerRow) -> str | None:
        entries = (each for each in runner.entries if each.entry_point == self.entry_point)
        found = next(entries, None)
        return None if found is None or self.code_digest is None else found.code_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """What a run is as a replay of another. `asked` is None where nobody asked for it here.

    `saved` is what the answers from the recording had cost, in US dollars; None where none tells.
    """

    run_id: uuid.UUID
    original: Run | None
    mode: str | None
    from_node: str | None
    from_seq: int | None
    asked: ReplayRow | None
    judged: Judged | None
    code: Code
    answered: int
    saved: Decimal | None

    @property
    def is_lowered(self) -> bool:
        """Whether it was repeated by other code than was recorded."""
        return self.code.same is False


def read_program(*, who: Who, run_id: str | uuid.UUID, now_ns: int) -> Program | None:
    """Return the program of a run; None where it names none. Raises NotVisible."""
    run = see_run(who, run_id)
    if run.entry_point is None:
        return None
    parameters = read_parameters(run)
    text = None if parameters is None else json.dumps(parameters, ensure_ascii=False)
    listed = list_runners(who=who, project_id=run.project_id)
    return Program(
        entry_point=run.entry_point,
        version=run.entry_version,
        code_digest=run.code_digest,
        parameters=None if text is None else text[:PARAMETERS_CHARS],
        runners=[each for each in listed if each.is_live(now_ns) and each.serves(run.entry_point)],
    )


def obstacles_of(*, who: Who, run_id: str | uuid.UUID) -> Mapping[ReplayMode, Obstacle | None]:
    """Return what stands in the way of each mode. Raises NotVisible."""
    return find_obstacles(see_run(who, run_id))


def remainder_of(
    *, who: Who, run_id: str | uuid.UUID, node_id: str | None, now_ns: int
) -> Mapping[Dimension, Limit]:
    """Return what a fork from a node of the run may spend unless it is raised. Raises NotVisible."""
    run = see_run(who, run_id)
    return read_remainder(run, begin_of(run.pk, node_id), now_ns)


def spent_limits(*, who: Who, run_id: str | uuid.UUID, now_ns: int) -> list[Dimension]:
    """Return the limits of a run of which nothing was left: a fork may do no more of it than it repeats.

    Raises NotVisible.
    """
    left = read_remainder(see_run(who, run_id), None, now_ns)
    return [dimension for dimension, limit in left.items() if limit.hard == 0]


def read_repetition(*, who: Who, run_id: str | uuid.UUID) -> Repetition | None:
    """Return what a run is as a replay; None for one that replays nothing. Raises NotVisible."""
    run = see_run(who, run_id)
    if run.replay_of is None:
        return None
    original = _original(who, run.replay_of)
    asked = replay_of_run(who=who, run_id=run.pk)
    own = asked if asked is not None and asked.run_id == run.pk else None
    judged = own.judged if own is not None else _judge(original, run)
    answered = Node.objects.filter(run_id=run.pk, aside=SetAside.REPLAYED.value)
    return Repetition(
        run_id=run.pk,
        original=original,
        mode=run.replay_mode,
        from_node=run.from_node,
        from_seq=None if original is None else fork_seq(original, run),
        asked=asked,
        judged=judged,
        code=Code(
            recorded=None if original is None else original.code_digest, runner=run.code_digest
        ),
        answered=Node.objects.filter(run_id=run.pk, recorded_seq__isnull=False).count(),
        saved=answered.aggregate(money=Sum("cost"))["money"],
    )


def _original(who: Who, run_id: str) -> Run | None:
    try:
        return see_run(who, run_id)
    except NotVisible:
        return None


def _judge(original: Run | None, run: Run) -> Judged | None:
    if original is None or count_calls(original) + count_calls(run) > MAX_CALLS:
        return None
    return read_fidelity(original=original, replay=run)
