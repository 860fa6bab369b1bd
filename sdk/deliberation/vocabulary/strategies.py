"""The forms of test-time compute."""

from __future__ import annotations

from enum import Enum


class Strategy(str, Enum):
    """How a run spends its compute."""

    CHAIN_OF_THOUGHT = "chain_of_thought"
    """One line of reasoning."""
    SELF_CONSISTENCY = "self_consistency"
    """Many samples, the most frequent answer wins (Wang et al. 2022)."""
    BEST_OF_N = "best_of_n"
    """Many samples, the best scored wins (Cobbe et al. 2021)."""
    WEIGHTED_BEST_OF_N = "weighted_best_of_n"
    """Many samples, scores are summed per answer (Li et al. 2023)."""
    BEAM = "beam"
    """Step by step, the best b partial answers are kept."""
    LOOKAHEAD = "lookahead"
    """A beam whose steps are valued by short rollouts (Snell et al. 2024)."""
    TOT_BFS = "tot_bfs"
    """Tree of thoughts, level by level (Yao et al. 2023)."""
    TOT_DFS = "tot_dfs"
    """Tree of thoughts, depth first with backtracking (Yao et al. 2023)."""
    MCTS = "mcts"
    """Monte-Carlo tree search."""
    DEBATE = "debate"
    """Several sides argue, a judge decides."""
    REFLEXION = "reflexion"
    """Attempts separated by written self-criticism (Shinn et al. 2023)."""
    AGENT = "agent"
    """A loop of tools and observations."""
    LATENT = "latent"
    """Recurrent computation without text."""
    MIXED = "mixed"
    """Several of these at once."""
    UNKNOWN = "unknown"
    """Not stated, and not inferred."""


class StrategySource(str, Enum):
    """Who says which strategy a run followed, weakest first."""

    INFERRED = "inferred"
    """The server, by rules over what is recorded."""
    STATED = "stated"
    """The system itself."""
    SET_BY_PERSON = "set_by_person"
    """A person who looked at the run."""
