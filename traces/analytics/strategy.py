"""Which strategy a run followed, inferred from what is recorded of it, with the evidence in words.

The rules look at counts alone, so that the answer does not depend on what arrived first. A search explains its samples,
values and tools; of the other forms a run may show several, and then it is mixed. Where no form shows, nothing is
said. What each strategy is, and after whom, stands in `deliberation.vocabulary.Strategy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from deliberation.vocabulary import Strategy
from traces.analytics.phrases import Phrase, counted, phrase
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
    """A strategy, and the sentences on what it was inferred from."""

    strategy: Strategy
    signs: tuple[Phrase, ...]

    @property
    def evidence(self) -> str:
        """What it was inferred from, in English."""
        return "; ".join(str(each) for each in self.signs)


def _inferred(strategy: Strategy, sign: Phrase) -> Inferred:
    return Inferred(strategy, (sign,))


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
        return Inferred(Strategy.MIXED, tuple(sign for each in found for sign in each.signs))
    # Each round of a loop may propose an answer; where there is no other form, the answers are what was drawn.
    return found[0] if found else _sampling(signs, signs.candidates) or _plain(signs)


def _search(signs: Signs) -> Inferred | None:
    states = counted(signs.expansion, "{n} expansion", "{n} expansions")
    if signs.visited:
        sign = counted(
            signs.visited, "visits are counted on {n} node", "visits are counted on {n} nodes"
        )
        return _inferred(Strategy.MCTS, sign)
    if signs.expansion < 2:
        return None
    if signs.rollout:
        rollouts = counted(signs.rollout, "{n} rollout", "{n} rollouts")
        return _inferred(Strategy.LOOKAHEAD, _both(states, rollouts))
    if signs.dead_end and not signs.kept:
        sign = phrase("{states}, {n} of them dead ends", states=states, n=f"{signs.dead_end:,}")
        return _inferred(Strategy.TOT_DFS, sign)
    if signs.pruned or signs.kept:
        numbers = {"kept": f"{signs.kept:,}", "cut": f"{signs.pruned:,}"}
        sign = phrase(
            "{states}, {kept} kept and {cut} cut for their value", states=states, **numbers
        )
        return _inferred(Strategy.BEAM, sign)
    if signs.valued:
        values = counted(signs.valued, "values on {n} node", "values on {n} nodes")
        return _inferred(Strategy.TOT_BFS, _list(states, values))
    return None


def _sampling(signs: Signs, drawn: int) -> Inferred | None:
    if drawn < 2:
        return None
    strategy, decided = _decision(signs)
    return _inferred(strategy, _list(_drawn(signs), decided))


def _drawn(signs: Signs) -> Phrase:
    if signs.sample < 2:
        return counted(signs.candidates, "{n} candidate", "{n} candidates")
    samples = counted(signs.sample, "{n} sample", "{n} samples")
    if not signs.model_calls:
        return samples
    calls = counted(signs.model_calls, "of one call", "of {n} calls")
    return phrase("{samples} {calls}", samples=samples, calls=calls)


def _decision(signs: Signs) -> tuple[Strategy, Phrase]:
    """Return what decided among several samples, by the strongest of what is recorded."""
    if signs.rule:
        rule = signs.rule.lower()
        told = next((strategy for word, strategy in RULES if word in rule), None)
        if told is not None:
            return told, phrase("chosen by “{rule}”", rule=signs.rule)
    if signs.voted:
        voted = phrase("votes are counted for {n} of them", n=f"{signs.voted:,}")
        return Strategy.SELF_CONSISTENCY, voted
    if signs.scored:
        return Strategy.BEST_OF_N, phrase("{n} of them scored or judged", n=f"{signs.scored:,}")
    if signs.grouped:
        grouped = phrase("{n} of them in groups of equal answers", n=f"{signs.grouped:,}")
        return Strategy.SELF_CONSISTENCY, grouped
    return Strategy.SELF_CONSISTENCY, phrase("no scores")


def _revising(signs: Signs) -> Inferred | None:
    critiques = counted(signs.critique, "{n} critique", "{n} critiques")
    if signs.agent >= 2 and signs.critique >= 2:
        agents = counted(signs.agent, "between {n} agent", "between {n} agents")
        return _inferred(
            Strategy.DEBATE, phrase("{critiques} {agents}", critiques=critiques, agents=agents)
        )
    if signs.critique and signs.revision:
        revisions = counted(signs.revision, "{n} revision", "{n} revisions")
        return _inferred(Strategy.REFLEXION, _both(critiques, revisions))
    return None


def _acting(signs: Signs) -> Inferred | None:
    if not signs.tool_calls or (signs.model_calls < 2 and not signs.agent):
        return None
    loop = _both(_tool_calls(signs), _model_calls(signs))
    if not signs.agent:
        return _inferred(Strategy.AGENT, loop)
    agents = counted(signs.agent, "under {n} agent", "under {n} agents")
    return _inferred(Strategy.AGENT, phrase("{calls} {agents}", calls=loop, agents=agents))


def _plain(signs: Signs) -> Inferred:
    if signs.model_calls == 1 and not signs.tool_calls:
        return _inferred(Strategy.CHAIN_OF_THOUGHT, phrase("one model call"))
    if signs.latent and not signs.model_calls:
        latent = counted(
            signs.latent,
            "{n} node of computation without text",
            "{n} nodes of computation without text",
        )
        return _inferred(Strategy.LATENT, latent)
    told = [_model_calls(signs)] if signs.model_calls else []
    told += [_tool_calls(signs)] if signs.tool_calls else []
    if not told:
        return _inferred(Strategy.UNKNOWN, phrase("no call of a model or a tool is recorded"))
    calls = _both(*told) if len(told) == 2 else told[0]
    lack = phrase("{calls}, and nothing that tells how they belong together", calls=calls)
    return _inferred(Strategy.UNKNOWN, lack)


def _model_calls(signs: Signs) -> Phrase:
    return counted(signs.model_calls, "{n} model call", "{n} model calls")


def _tool_calls(signs: Signs) -> Phrase:
    return counted(signs.tool_calls, "{n} tool call", "{n} tool calls")


def _both(one: Phrase, other: Phrase) -> Phrase:
    return phrase("{one} and {other}", one=one, other=other)


def _list(one: Phrase, other: Phrase) -> Phrase:
    return phrase("{one}, {other}", one=one, other=other)
