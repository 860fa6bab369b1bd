"""What a page asks of its socket beside pokes: the bones after what it has, and the pieces that it shows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MOST_CHARACTERS = 4_000
MOST_PIECES = 8
MOST_SEQ = 2**53
PIECE = re.compile(r"/runs/([0-9a-f-]{36})/(?:header|candidates|verdicts)(?:\?[!-~]{0,400})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The bones after entry `after`, none where that is None; and pieces, by their addresses with the query."""

    after: int | None
    pieces: tuple[str, ...]


def read_wanted(said: str | None, run: str) -> Wanted | None:
    """Return what a page said of this run; None for whatever our pages do not say."""
    if said is None or len(said) > MOST_CHARACTERS:
        return None
    try:
        told = json.loads(said)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or set(told) != {"after", "pieces"}:
        return None
    after, pieces = told["after"], told["pieces"]
    is_seq = type(after) is int and 0 <= after < MOST_SEQ
    if not (after is None or is_seq) or not isinstance(pieces, list) or len(pieces) > MOST_PIECES:
        return None
    if not all(isinstance(each, str) and _is_of(each, run) for each in pieces):
        return None
    return Wanted(after=after, pieces=tuple(dict.fromkeys(pieces)))


def _is_of(address: str, run: str) -> bool:
    piece = PIECE.fullmatch(address)
    return piece is not None and piece[1] == run
