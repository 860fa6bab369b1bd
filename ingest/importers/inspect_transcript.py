"""The events of an Inspect sample, or of one attempt at it, in order: nodes, decisions and scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from deliberation.events import Event
from ingest.importers.inspect_calls import Conversations, tell_call
from ingest.importers.inspect_events import LEFT_OUT, tell_decision, tell_event
from ingest.importers.inspect_log import Log, mapping
from ingest.importers.inspect_scores import Judge, tell_score
from ingest.importers.inspect_shapes import Sample
from ingest.importers.inspect_tree import Placed, Tree
from ingest.importers.iso_time import nanoseconds

SCORER = "scorer"
SCORE_READ = frozenset({"score", "event", "timestamp", "span_id", "working_start"})
ATTEMPTED = ("tool", "approval")


class Transcript:
    """Placed events with what they say together: who scored, which model a scorer called."""

    def __init__(self, log: Log, sample: Sample, root: str, tree: Tree) -> None:
        self._log = log
        self._sample = sample
        self._root = root
        self.tree = tree
        self._calls = [each for each in tree.placed if each.event.get("event") == "model"]
        self._judging = self._models_of_scorers()
        self._final = self._final_scores()
        self._told_by_scores = self._beside_scores()
        self.scores = list(self._scores())

    @property
    def has_calls(self) -> bool:
        """True when it tells of a model call."""
        return bool(self._calls)

    @property
    def answering_calls(self) -> int:
        """How many calls there are beside those of scorers."""
        return sum(self.tree.nearest(each.parent, SCORER) is None for each in self._calls)

    @property
    def is_agent(self) -> bool:
        """True when tools were used, or a span says that an agent was at work."""
        kinds = {each.event.get("event") for each in self.tree.placed}
        is_named = any(kind == "agent" for kind, _ in self.tree.labels.values())
        return is_named or not kinds.isdisjoint(ATTEMPTED)

    def tell(self, run: str) -> Iterator[Event]:
        """Yield the events of the nodes."""
        conversations = Conversations(pool=self._sample.pool)
        for placed in self.tree.placed:
            kind = placed.event.get("event")
            if kind in LEFT_OUT:
                continue
            if kind == "model":
                yield from tell_call(placed, conversations, run)
            elif kind == "score":
                yield from self._tell_score(placed, run)
            elif kind == "approval":
                call = self._called(placed)
                # Under the call that it is about, which its policy's other decisions are about too.
                yield tell_event(replace(placed, parent=call or placed.parent), run)
                yield tell_decision(placed, call, run)
            else:
                yield tell_event(placed, run, self._told_by_scores.get(placed.node))

    def tell_scores(self, run: str) -> Iterator[Event]:
        """Yield the verdicts on the whole."""
        for judge, score in self.scores:
            yield from tell_score(judge, score, self._root, run, judge.name)

    def _called(self, placed: Placed) -> str | None:
        own = mapping(placed.event.get("call")).get("id")
        return self.tree.calls.get(own) if isinstance(own, str) else None

    def _tell_score(self, placed: Placed, run: str) -> Iterator[Event]:
        """Yield a score on the way as a verdict on what it interrupted; a last one is told with the others."""
        event, span = placed.event, self.tree.nearest(placed.parent, SCORER)
        if event.get("intermediate") is True:
            yield tell_event(placed, run)
            judge = self._judge(str(event.get("scorer") or "score"), placed)
            yield from tell_score(judge, event.get("score"), placed.parent, run, placed.node)
            return
        if span is None:
            yield tell_event(placed, run)

    def _scores(self) -> Iterator[tuple[Judge, Any]]:
        """Yield who scored the whole and the score: as the sample lists them, else as its events tell."""
        about = self._sample.about
        found = dict(mapping(about.get("scores")))
        if not found and about.get("score") is not None:
            found = {self._only_scorer(): about["score"]}
        for name, placed in self._final.items():
            found.setdefault(name, placed.event.get("score"))
        for name, score in found.items():
            yield self._judge(name, self._final.get(name)), score

    def _only_scorer(self) -> str:
        """Return the name of a score from before scores had one."""
        scorers = self._log.spec.get("scorers")
        first = mapping(scorers[0]) if isinstance(scorers, list) and scorers else {}
        return str(first.get("name") or next(iter(self._final), "score"))

    def _judge(self, name: str, placed: Placed | None) -> Judge:
        span = self.tree.nearest(placed.parent, SCORER) if placed else None
        node = span or (placed.node if placed else None)
        return Judge(
            name=name,
            node=node,
            at=nanoseconds(placed.event.get("timestamp")) if placed else None,
            model=self._judging.get(span or ""),
            own_model=self._log.model,
            has_target=bool(self._sample.about.get("target")),
        )

    def _final_scores(self) -> dict[str, Placed]:
        found: dict[str, Placed] = {}
        for placed in self.tree.placed:
            event = placed.event
            if event.get("event") == "score" and event.get("intermediate") is not True:
                span = self.tree.nearest(placed.parent, SCORER)
                named = event.get("scorer") or (self.tree.labels[span][1] if span else "score")
                found.setdefault(str(named), placed)
        return found

    def _beside_scores(self) -> dict[str, dict[str, Any]]:
        """Return what score events say beside the score, by the span of the scorer."""
        found: dict[str, dict[str, Any]] = {}
        for placed in self._final.values():
            span = self.tree.nearest(placed.parent, SCORER)
            rest = {name: each for name, each in placed.event.items() if name not in SCORE_READ}
            if span is not None and rest:
                found.setdefault(span, {"score": rest})
        return found

    def _models_of_scorers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for placed in self._calls:
            span = self.tree.nearest(placed.parent, SCORER)
            if span is not None:
                found.setdefault(span, str(placed.event.get("model")))
        return found
