"""Which strategy a run followed, inferred from what is recorded of it, with the evidence in words.

The rules look at counts alone, so that the answer does not depend on what arrived first. A search explains its samples,
values and tools; of the other forms a run may show several, and then it is mixed. Where no form shows, nothing is
said. What each strategy is, and after whom, stands in `deliberation.vocabulary.Strategy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from deliberation.vocabulary import Strategy
from traces.analytics.signs import Signs

RULES = (
    ("weight", Strategy.WEIGHTED_BEST_OF_N),
    ("vote", Strategy.SELF_CONSISTENCY),
    ("major", Strategy.SELF_CONSISTENCY),
    ("plural", Strategy.SELF_CONSISTENCY),
    ("consensus", Strategy.SELF_CONSISTENCY),
    ("consisten", Strategy.SELF_CONSISTENCY),
    ("best", Strategy.BEST_OF_N),
    ("max", Strategy.BEST_OF_N),
    ("score", Strategy.BEST_OF_N),
    ("rank", Strategy.BEST_OF_N),
    ("reward", Strategy.BEST_OF_N),
    ("accept", Strategy.BEST_OF_N),
    ("verif", Strategy.BEST_OF_N),
)
"""Words in the rule that chose, and what they say of several samples; the first that fits."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """A strategy, and what it was inferred from, in words."""

    strategy: Strategy
    evidence: str


@lru_cache(maxsize=4096)
def infer_strategy(signs: Signs) -> Inferred:
    """Return the strategy that what is recorded speaks for.

    It is asked whenever a run grows, and most runs look alike.
    """
    search = _search(signs)
    if search is not None:
        return search
    forms = (_sampling(signs, signs.sample), _revising(signs), _acting(signs))
    found = [each for each in forms if each is not None]
    if len(found) > 1:
        return Inferred(Strategy.MIXED, "; ".join(each.evidence for each in found))
    # Each round of a loop may propose an answer; where there is no other form, the answers are what was drawn.
    return found[0] if found else _sampling(signs, signs.candidates) or _plain(signs)


def _search(signs: Signs) -> Inferred | None:
    states = _count(signs.expansion, "expansion")
    if signs.visited:
        return Inferred(Strategy.MCTS, f"visits are counted on {_count(signs.visited, 'node')}")
    if signs.expansion < 2:
        return None
    if signs.rollout:
        return Inferred(Strategy.LOOKAHEAD, f"{states} and {_count(signs.rollout, 'rollout')}")
    if signs.dead_end and not signs.kept:
        return Inferred(Strategy.TOT_DFS, f"{states}, {signs.dead_end:,} of them dead ends")
    if signs.pruned or signs.kept:
        cut = f"{signs.kept:,} kept and {signs.pruned:,} cut for their value"
        return Inferred(Strategy.BEAM, f"{states}, {cut}")
    if signs.valued:
        return Inferred(Strategy.TOT_BFS, f"{states}, values on {_count(signs.valued, 'node')}")
    return None


def _sampling(signs: Signs, drawn: int) -> Inferred | None:
    if drawn < 2:
        return None
    strategy, decided = _decision(signs)
    return Inferred(strategy, f"{_drawn(signs)}, {decided}")


def _drawn(signs: Signs) -> str:
    if signs.sample < 2:
        return _count(signs.candidates, "candidate")
    if not signs.model_calls:
        return _count(signs.sample, "sample")
    calls = "one call" if signs.model_calls == 1 else _count(signs.model_calls, "call")
    return f"{_count(signs.sample, 'sample')} of {calls}"


def _decision(signs: Signs) -> tuple[Strategy, str]:
    """Return what decided among several samples, by the strongest of what is recorded."""
    if signs.rule:
        rule = signs.rule.lower()
        told = next((strategy for word, strategy in RULES if word in rule), None)
        if told is not None:
            return told, f"chosen by “{signs.rule}”"
    if signs.voted:
        return Strategy.SELF_CONSISTENCY, f"votes are counted for {signs.voted:,} of them"
    if signs.scored:
        return Strategy.BEST_OF_N, f"{signs.scored:,} of them scored or judged"
    if signs.grouped:
        return Strategy.SELF_CONSISTENCY, f"{signs.grouped:,} of them in groups of equal answers"
    return Strategy.SELF_CONSISTENCY, "no scores"


def _revising(signs: Signs) -> Inferred | None:
    if signs.agent >= 2 and signs.critique >= 2:
        sides = f"{_count(signs.critique, 'critique')} between {_count(signs.agent, 'agent')}"
        return Inferred(Strategy.DEBATE, sides)
    if signs.critique and signs.revision:
        rounds = f"{_count(signs.critique, 'critique')} and {_count(signs.revision, 'revision')}"
        return Inferred(Strategy.REFLEXION, rounds)
    return None


def _acting(signs: Signs) -> Inferred | None:
    if not signs.tool_calls or (signs.model_calls < 2 and not signs.agent):
        return None
    loop = f"{_count(signs.tool_calls, 'tool call')} and {_count(signs.model_calls, 'model call')}"
    under = f" under {_count(signs.agent, 'agent')}" if signs.agent else ""
    return Inferred(Strategy.AGENT, loop + under)


def _plain(signs: Signs) -> Inferred:
    if signs.model_calls == 1 and not signs.tool_calls:
        return Inferred(Strategy.CHAIN_OF_THOUGHT, "one model call")
    if signs.latent and not signs.model_calls:
        latent = f"{_count(signs.latent, 'node')} of computation without text"
        return Inferred(Strategy.LATENT, latent)
    counts = ((signs.model_calls, "model call"), (signs.tool_calls, "tool call"))
    told = [_count(number, word) for number, word in counts if number]
    if not told:
        return Inferred(Strategy.UNKNOWN, "no call of a model or a tool is recorded")
    joined = " and ".join(told)
    return Inferred(Strategy.UNKNOWN, f"{joined}, and nothing that tells how they belong together")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
