"""Text logs of LATS (Language Agent Tree Search, Zhou et al. 2024): Monte-Carlo tree search, a search a run.

See `lats_log` for what upstream writes. Tokens, cost and the model are not in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    Event,
    FateDecided,
    NodeObserved,
    NodeScored,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    DiscardReason,
    Fate,
    Independence,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.base import ImportedRun, Importer, NotImportable
from ingest.importers.json_file import names_of_runs, read_bytes
from ingest.importers.json_text import json_text
from ingest.importers.lats_log import (
    RECORD,
    ROOT,
    Judgement,
    Sampling,
    Search,
    State,
    read_searches,
)

NAME = "lats"
LEAST, MOST = -1.0, 1.0
"""Of a value: tenths, and -1 where no number was found in the answer."""
PASSING = 1.0
SCORER = "lats value"
NO_END = "the log does not say how this search ended"
BEGIN = b" - INFO - Iteration 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a search's states.

    `path` is what led to the answer, `followed` the state that was gone on from in each batch.
    """

    answer: State | None
    path: frozenset[str]
    followed: dict[int, str]
    values: dict[str, float]
    is_over: bool


def sniff(path: Path, head: bytes) -> bool:
    """Records of Python's logging, one of which begins a first iteration."""
    return RECORD.match(head[:256].decode("utf-8", "replace")) is not None and BEGIN in head


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a run for each search. Raises `NotImportable`."""
    data = read_bytes(path)
    name_of = names_of_runs(data)
    searches = list(read_searches(data.decode("utf-8", "replace")))
    if not searches:
        raise NotImportable(path, "is not a log of LATS: it begins no search")
    for index, search in enumerate(searches):
        is_last = index == len(searches) - 1
        if search.is_success is None:
            search.warnings.append(NO_END)
        yield ImportedRun(
            known_by=name_of(index),
            tell=lambda run, search=search, is_last=is_last: _tell(search, run, is_last=is_last),  # type: ignore[misc]
            size=1 + len(search.states) + len(search.judgements) + len(search.samplings),
            warnings=search.warnings,
        )


def _outcome(search: Search) -> Outcome:
    parents = {state.node: state.parent for state in search.states}
    answer = _answer(search) if search.is_success else None
    path = set()
    node = answer.node if answer else ROOT
    while node in parents:
        path.add(node)
        node = parents[node]
    gone_on = {each.state for each in search.samplings}
    judged = ((each.state, each.value) for each in search.judgements)
    return Outcome(
        answer=answer,
        path=frozenset(path),
        followed={state.batch: state.node for state in search.states if state.node in gone_on},
        values={state: value for state, value in judged if value is not None},
        is_over=search.is_success is not None,
    )


def _answer(search: Search) -> State | None:
    """Return the state that a successful search returned: of the last batch the first that passed."""
    passed = [
        state
        for state in search.states
        if state.reward is not None and state.reward >= PASSING and not state.is_duplicate
    ]
    return next((state for state in passed if state.batch == passed[-1].batch), None)


def _tell(search: Search, run: str, *, is_last: bool) -> Iterator[Event]:
    outcome = _outcome(search)
    name = f"lats search {search.number}"
    yield RunStarted(
        run=run,
        key="start",
        at=search.started_at,
        name=name,
        task=search.task,
        strategy=Strategy.MCTS,
    )
    yield NodeObserved(
        run=run,
        key=ROOT,
        node=ROOT,
        node_kind=NodeKind.STEP,
        name=name,
        status=NodeStatus.OK if outcome.is_over else NodeStatus.RUNNING,
        started_at=search.started_at,
        depth=0,
        input=search.task,
        attributes=json_text(
            {"iterations": search.iterations, "records_not_read": dict(search.unread)}
        ),
    )
    for sampling in search.samplings:
        yield _call(sampling, run)
    for state in search.states:
        yield from _tell_state(state, outcome, run)
    for judgement in search.judgements:
        yield from _tell_judgement(judgement, run)
    yield from _tell_end(search, outcome, run, is_last=is_last)


def _call(sampling: Sampling, run: str) -> NodeObserved:
    return NodeObserved(
        run=run,
        key=sampling.node,
        node=sampling.node,
        parent=sampling.state,
        node_kind=NodeKind.MODEL_CALL,
        name="next actions",
        status=NodeStatus.OK if sampling.ended_at is not None else NodeStatus.RUNNING,
        started_at=sampling.asked_at,
        ended_at=sampling.ended_at,
        input=sampling.prompt,
        output=sampling.output,
    )


def _tell_state(state: State, outcome: Outcome, run: str) -> Iterator[Event]:
    yield NodeObserved(
        run=run,
        key=state.node,
        node=state.node,
        parent=state.parent,
        node_kind=NodeKind.ROLLOUT if state.is_rollout else NodeKind.EXPANSION,
        status=NodeStatus.OK,
        started_at=state.at,
        ended_at=state.at,
        depth=state.depth,
        text=state.action,
        reasoning=state.thought,
        output=state.observation,
        attributes=json_text({"visits": state.visits, "batch": state.batch}),
    )
    if state.reward is not None:
        yield _verdict(state, state.reward, run)
        if not state.is_duplicate:
            yield CandidateProposed(
                run=run,
                key=f"{state.node}:candidate",
                node=state.node,
                answer=state.action,
                correct=state.reward >= PASSING,
            )
    fate, reason, followed = _fate(state, outcome)
    if fate is not Fate.OPEN:
        yield FateDecided(
            run=run,
            key=f"{state.node}:fate",
            node=state.node,
            fate=fate,
            reason=reason,
            by="lats.rollout" if followed else "lats.unique" if state.is_duplicate else "lats",
            value=outcome.values.get(state.node),
            cutoff=outcome.values.get(followed) if followed else None,
        )


def _fate(state: State, outcome: Outcome) -> tuple[Fate, DiscardReason | None, str | None]:
    """Return what became of a state, why, and the one that a rollout followed in its place."""
    if state.is_duplicate:
        return Fate.DISCARDED, DiscardReason.DUPLICATE, None
    if state.node in outcome.path:
        return Fate.SELECTED, None, None
    other = outcome.followed.get(state.batch)
    if state.is_rollout and other not in (None, state.node):
        return Fate.DISCARDED, DiscardReason.PRUNED_LOW_VALUE, other
    return (Fate.KEPT if outcome.is_over else Fate.OPEN), None, None


def _verdict(state: State, reward: float, run: str) -> VerdictGiven:
    # WebShop scores what was bought against the product that the task was made from. The search stops at a 1: its
    # answers have been seen by the reference.
    return VerdictGiven(
        run=run,
        key=f"{state.node}:verdict",
        at=state.at,
        node=state.node,
        verifier="environment reward",
        verifier_kind=VerifierKind.CALCULATOR,
        outcome=VerdictOutcome.ACCEPT if reward >= PASSING else VerdictOutcome.REJECT,
        score=reward,
        scale_min=0.0,
        scale_max=1.0,
        threshold=PASSING,
        independence=Independence.DETERMINISTIC,
        saw_reference=True,
        evidence=state.observation,
    )


def _tell_judgement(judgement: Judgement, run: str) -> Iterator[Event]:
    yield NodeObserved(
        run=run,
        key=judgement.node,
        node=judgement.node,
        parent=judgement.state,
        node_kind=NodeKind.CRITIQUE,
        name="value",
        status=NodeStatus.OK if judgement.ended_at is not None else NodeStatus.RUNNING,
        started_at=judgement.asked_at,
        ended_at=judgement.ended_at,
        input=judgement.prompt,
        output=judgement.output,
    )
    if judgement.value is not None:
        yield NodeScored(
            run=run,
            key=f"{judgement.node}:score",
            at=judgement.ended_at,
            node=judgement.state,
            value=judgement.value,
            scale_min=LEAST,
            scale_max=MOST,
            scorer=SCORER,
            raw=judgement.output,
        )


def _tell_end(search: Search, outcome: Outcome, run: str, *, is_last: bool) -> Iterator[Event]:
    if outcome.answer is not None:
        yield AnswerSelected(
            run=run,
            key="selected",
            at=search.ended_at,
            node=outcome.answer.node,
            rule="first with reward 1",
        )
    if outcome.is_over:
        yield RunEnded(
            run=run,
            key="end",
            at=search.ended_at,
            state=ObservedState.COMPLETED,
            answer=outcome.answer.action if outcome.answer else None,
            stop_reason="reward_1" if search.is_success else "iterations",
        )
    elif not is_last:
        # Another search began in the same log: upstream ends each with a record before that.
        yield RunEnded(run=run, key="end", at=search.ended_at, state=ObservedState.CRASHED)


LATS = Importer(name=NAME, sniff=sniff, read=read)
