"""A search small enough to check by hand, written for these tests."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

NAME = "gpt-4_0.7_propose1_value3_greedy2_start0_end2.json"

ADD = "1 + 2 = 3 (left: 3 3 4)\n"
TIMES = "3 * 4 = 12 (left: 1 2 12)\n"
TAKE = "4 - 1 = 3 (left: 2 3 3)\n"
GOOD = TIMES + "1 * 2 = 2 (left: 2 12)\n"
POOR = TIMES + "12 - 1 = 11 (left: 2 11)\n"
SUM = ADD + "3 + 3 = 6 (left: 4 6)\n"

CASE: dict[str, Any] = {
    "idx": 0,
    "steps": [
        {
            "step": 0,
            "x": "1 2 3 4",
            "ys": [""],
            "new_ys": [ADD, TIMES, TAKE],
            "values": [2.001, 41.0, 0.003],
            "select_new_ys": [TIMES, ADD],
        },
        {
            "step": 1,
            "x": "1 2 3 4",
            "ys": [TIMES, ADD],
            "new_ys": [GOOD, POOR, GOOD, SUM],
            "values": [60.0, 1.002, 0, 3.0],
            "select_new_ys": [GOOD, SUM],
        },
    ],
    "ys": [GOOD, SUM],
    "infos": [{"r": 1}, {"r": 0}],
    "usage_so_far": {"completion_tokens": 70, "prompt_tokens": 200, "cost": 0.1},
}
LATER: dict[str, Any] = {
    **CASE,
    "idx": 1,
    "usage_so_far": {"completion_tokens": 100, "prompt_tokens": 300, "cost": 0.30000000000000004},
}
SAMPLES: dict[str, Any] = {
    "idx": 7,
    "ys": ["Steps:\nAnswer: 1 * 2", "Answer: 3 * 4 ", "Steps: so\nAnswer: 1 * 2", " "],
    "accs": [False, True, False, False],
    "usage_so_far": {"completion_tokens": 5, "prompt_tokens": 6, "cost": 0.01},
}


def cases() -> list[dict[str, Any]]:
    """Two searches, free to be changed."""
    return [copy.deepcopy(CASE), copy.deepcopy(LATER)]


def write(folder: Path, content: Any, name: str = NAME) -> Path:
    """A log in a folder called as upstream calls it."""
    path = folder / "game24" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path
