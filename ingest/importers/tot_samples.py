"""Independent samples of one case (upstream's `--naive_run`), from their log to events.

The log holds the samples and no choice among them: nothing is selected here, and the run has no answer. Who wants
the majority's finds the clusters and their votes on the candidates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b

from deliberation.events import Event, NodeObserved, RunEnded
from deliberation.vocabulary import NodeKind, NodeStatus, ObservedState, Strategy
from ingest.importers.tot_case import MAX_CLUSTER_CHARS, Case, last_line, tell_output, tell_start
from ingest.importers.tot_level import ROOT


def tell_samples(case: Case, run: str) -> Iterator[Event]:
    """Yield the events of a case: its samples, each a candidate with the votes for its last line."""
    is_vote = len(case.outputs) > 1
    strategy = Strategy.SELF_CONSISTENCY if is_vote else Strategy.CHAIN_OF_THOUGHT
    yield from tell_start(case, run, strategy, samples=len(case.outputs))
    answers = [last_line(text) for text in case.outputs]
    votes = Counter(answers)
    for index, text in enumerate(case.outputs):
        node = f"s.{index}"
        yield NodeObserved(
            run=run,
            key=node,
            node=node,
            parent=ROOT,
            node_kind=NodeKind.SAMPLE,
            status=NodeStatus.OK,
            depth=1,
            rank=index,
            output=text,
        )
        answer = answers[index]
        cluster = _cluster(answer) if answer else None
        yield from tell_output(
            case, run, index, node, cluster=cluster, votes=votes[answer] if answer else None
        )
    yield RunEnded(run=run, key="end", state=ObservedState.COMPLETED)


def _cluster(answer: str) -> str:
    """Return the group's name: the answer itself, or a digest of one that a ledger line cannot hold whole."""
    if len(answer) <= MAX_CLUSTER_CHARS and answer.isprintable():
        return answer
    return f"blake2b:{blake2b(answer.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"
