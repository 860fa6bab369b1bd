"""One sample of one epoch of an Inspect log, told as a run.

A run of its own, and not a candidate of a run of its question: the epochs of a sample are independent attempts, each
with its own conversation, tools, limits and scores, and nothing chooses among them. What Inspect computes over them
(mean, mode, pass@k) is a figure of the log. So they are runs of one session, as the trials of a task and the models of
a question are runs elsewhere, and "best of n" is counted from their verdicts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    Event,
    FateDecided,
    NodeObserved,
    RunStarted,
)
from deliberation.vocabulary import (
    CostBasis,
    DiscardReason,
    Fate,
    NodeKind,
    NodeStatus,
    Strategy,
    Usage,
)
from ingest.importers.chat_messages import messages_text
from ingest.importers.inspect_end import answer_of, began_at, end_of, ended_at, limit_of
from ingest.importers.inspect_events import LEFT_OUT, error_text
from ingest.importers.inspect_log import Log, mapping
from ingest.importers.inspect_messages import messages_of
from ingest.importers.inspect_scores import is_right
from ingest.importers.inspect_shapes import Sample, events_in
from ingest.importers.inspect_transcript import Transcript
from ingest.importers.inspect_tree import place
from ingest.importers.inspect_usage import usage_of
from ingest.importers.json_text import json_text
from ingest.mapping.said import text_of
from ingest.mapping.take import fact_text

ROOT = "sample"
MAX_NAME_CHARS = 120
READ = frozenset({"output", "messages", "error", "error_retries", "scores", "score"})
LIMITS = {
    "tokens": ("token_limit",),
    "seconds": ("time_limit", "working_limit"),
    "usd": ("cost_limit",),
}
"""Budget → the limits of Inspect that are one, the first that is set."""


def tell_sample(log: Log, sample: Sample, run: str) -> Iterator[Event]:
    """Yield the events of a sample."""
    transcript = Transcript(log, sample, ROOT, place(sample.events, ROOT, "e."))
    yield _start(log, sample, transcript, run)
    yield _root(log, sample, transcript, run)
    yield from _tell_retries(log, sample, run)
    yield from transcript.tell(run)
    yield from transcript.tell_scores(run)
    answer = answer_of(sample)
    if answer is not None:
        yield _candidate(sample, transcript, answer, run)
        # What stood there when a limit was reached was returned, and scored.
        if not sample.about.get("error"):
            yield AnswerSelected(run=run, key="selected", node=ROOT)
    yield from end_of(log, sample, run)


def _start(log: Log, sample: Sample, transcript: Transcript, run: str) -> RunStarted:
    name = f"{log.task} {sample.id[:MAX_NAME_CHARS]}"
    effort = log.generation.get("reasoning_effort")
    return RunStarted(
        run=run,
        key="start",
        at=began_at(sample),
        name=f"{name} epoch {sample.epoch}" if log.epochs > 1 or sample.epoch > 1 else name,
        task=task_of(sample),
        strategy=_strategy(sample, transcript),
        strategy_params=json_text(
            {"epoch": sample.epoch, "epochs": log.epochs, **_without_empty(log.plan)}
        ),
        models=[fact_text(log.model) or ""] if log.model else None,
        effort=fact_text(effort if isinstance(effort, str) else None),
        budgets=_budgets(log, sample) or None,
        session_id=fact_text(log.session(sample)),
        tags=list(dict.fromkeys(["inspect", log.task[:MAX_NAME_CHARS], *log.tags]))[:64],
    )


def _root(log: Log, sample: Sample, transcript: Transcript, run: str) -> NodeObserved:
    about = sample.about
    rest = {name: value for name, value in about.items() if name not in READ}
    left_out = Counter(each.event.get("event") for each in transcript.tree.placed)
    told = {kind: count for kind, count in left_out.items() if kind in LEFT_OUT}
    more = {
        "task": log.task,
        "eval": log.spec,
        "log": _without_empty({k: v for k, v in log.rest.items() if k not in ("results", "stats")}),
        **({"events_not_imported": told} if told else {}),
    }
    error, limit = about.get("error"), limit_of(sample)
    usage = None if transcript.has_calls else stated_usage(about)
    return NodeObserved(
        run=run,
        key=ROOT,
        node=ROOT,
        node_kind=NodeKind.SAMPLE,
        name=f"sample {sample.id[:MAX_NAME_CHARS]}",
        status=NodeStatus.ERROR if error else NodeStatus.CANCELLED if limit else NodeStatus.OK,
        started_at=began_at(sample),
        ended_at=ended_at(sample),
        usage=usage,
        cost_basis=CostBasis.UNALLOCATED if usage else None,
        input=_input(sample, transcript),
        output=answer_of(sample),
        error=error_text(error) if error else None,
        attributes=json_text({**_without_empty(rest), **more}),
    )


def _tell_retries(log: Log, sample: Sample, run: str) -> Iterator[Event]:
    """Yield the attempts that ended in an error and were made again: of each, what came after its last model call."""
    retries = sample.about.get("error_retries")
    for place_of, retry in enumerate(retries if isinstance(retries, list) else [], 1):
        if not isinstance(retry, Mapping):
            continue
        node = f"try.{place_of}"
        yield NodeObserved(
            run=run,
            key=node,
            node=node,
            parent=ROOT,
            node_kind=NodeKind.STEP,
            name=f"attempt {place_of}, made again",
            status=NodeStatus.ERROR,
            error=error_text(retry),
        )
        yield FateDecided(
            run=run,
            key=f"{node}:fate",
            node=node,
            fate=Fate.DISCARDED,
            reason=DiscardReason.ERROR,
            by="inspect retry_on_error",
        )
        events = events_in(retry.get("events"))
        yield from Transcript(log, sample, node, place(events, node, f"{node}.")).tell(run)


def _candidate(sample: Sample, transcript: Transcript, answer: str, run: str) -> CandidateProposed:
    """Return the answer; whether it is right is what the first scorer says that compares with the target by rule."""
    scores = transcript.scores
    right = (is_right(score) for judge, score in scores if judge.is_exact and judge.has_target)
    return CandidateProposed(
        run=run,
        key=f"{ROOT}:candidate",
        node=ROOT,
        answer=answer,
        correct=next((each for each in right if each is not None), None),
    )


def task_of(sample: Sample) -> str | None:
    """Return what was asked: the words of the user in the input."""
    told = messages_of(sample.about.get("input"))
    said = [text_of(message) for message in told if message["role"] == "user"]
    return "\n\n".join(text for text in said if text) or None


def _input(sample: Sample, transcript: Transcript) -> str | None:
    """Return what went in; the whole conversation of a log from before there were events."""
    about = sample.about
    if not sample.events and about.get("messages"):
        return messages_text(messages_of(about["messages"]))
    told = about.get("input")
    return told if isinstance(told, str) else messages_text(messages_of(told))


def _strategy(sample: Sample, transcript: Transcript) -> Strategy:
    """Return how the sample went about it: with tools or agents, in one call, or otherwise."""
    if transcript.is_agent:
        return Strategy.AGENT
    return Strategy.CHAIN_OF_THOUGHT if transcript.answering_calls == 1 else Strategy.UNKNOWN


def _budgets(log: Log, sample: Sample) -> dict[str, str]:
    found = {}
    for dimension, names in LIMITS.items():
        for name in names:
            limit = sample.about.get(name) or log.config.get(name)
            if isinstance(limit, int | float) and limit is not True and dimension not in found:
                found[dimension] = str(limit)
    return found


def stated_usage(about: Mapping[str, Any]) -> Usage | None:
    """Return the tokens that a sample states as a whole, for a log that has no calls."""
    usages = [usage_of(each) for each in mapping(about.get("model_usage")).values()]
    counted = [usage for usage in usages if usage]
    if not counted:
        return None
    return Usage(
        input=sum(usage.input or 0 for usage in counted),
        cache_read=sum(usage.cache_read or 0 for usage in counted) or None,
        cache_write=sum(usage.cache_write or 0 for usage in counted) or None,
        output=sum(usage.output or 0 for usage in counted),
        reasoning=sum(usage.reasoning or 0 for usage in counted) or None,
    )


def _without_empty(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value not in (None, {}, [])}
