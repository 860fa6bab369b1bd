"""What the style guide fills the parts of a reviewer's pages with: made up, in the shapes that queries return."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from traces.analytics.json_outline import read_members
from traces.analytics.two_trees import Fact
from traces.queries.aligned_lines import LineKind
from traces.queries.opaque import Opaque

NOBODY = "00000000-0000-0000-0000-000000000000"
JSON = json.dumps({"expression": "(3 + 3) * 4", "steps": [6, 24], "is_right": True, "note": None})
OPAQUE = (
    Opaque(what="reasoning", why="encrypted", amount=4096, unit="tokens", basis="as billed", chars=16_384),
    Opaque(what="thought", why="latent", amount=None, unit="", basis="", chars=0),
)  # fmt: skip


def reviewers_parts() -> dict[str, Any]:
    """Return the context of templates/patterns/_room.html."""
    return {
        "run": {"last_seq": 233},
        "seq": 96,
        "opaques": OPAQUE,
        "members": read_members(JSON, 1, len(JSON) - 1),
        "remarks": [
            _remark(1, kind="note", text="The judge saw the answer, and was wrong.", revisions=1),
            _remark(2, kind="rating", value="fair", number=3),
            _remark(3, kind="tags", added=("arithmetic",), removed=("easy",)),
            _remark(4, kind="sign_off", outcome="reject", seen_size=234, text="58613 is wrong."),
        ],
        "lines": [
            _line(LineKind.CHANGED, _node("sample", "24", fate="selected"), _node("sample", "23"), Fact.ANSWER),
            _line(LineKind.SAME, _node("tool_call", "calculator"), _node("tool_call", "calculator")),
            _line(LineKind.LEFT, _node("critique", "too long"), None),
            _line(LineKind.RIGHT, None, _node("revision", "shorter")),
        ],
        "run_ids": (NOBODY, NOBODY),
    }  # fmt: skip


def _remark(seq: int, **said: Any) -> dict[str, Any]:
    return {"by": "user:alice", "seq": seq, "said_ns": None, **said}


def _node(kind: str, name: str, *, fate: str = "kept") -> dict[str, Any]:
    subtree = {"tokens": 63, "cost": Decimal("0.000096")}
    return {
        "ordinal": 1,
        "kind": kind,
        "name": None,
        "preview": name,
        "error_preview": None,
        "fate": fate,
        "subtree": subtree,
    }


def _line(kind: LineKind, left: Any, right: Any, *differ: Fact) -> dict[str, Any]:
    return {"kind": kind, "name": "1-1", "level": 1, "left": left, "right": right, "differ": differ}
