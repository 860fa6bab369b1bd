"""Three small programs that deliberate for real, reported through the SDK like anybody's.

Nothing in them is made up: the searches search, the samples slip, the tools touch files, and what
is recorded is what happened. There is no model in them, so there are no tokens and no money.
"""

from traces.demo.agent import run_agent
from traces.demo.game_of_24 import run_game_of_24
from traces.demo.self_consistency import run_self_consistency

__all__ = ["run_agent", "run_game_of_24", "run_self_consistency"]
