"""What a page may say over its socket, and what is not heard."""

from __future__ import annotations

import json
from typing import Any

import pytest

from traces.live.wanted import Wanted, read_wanted

RUN = "01a219c0-0000-7000-8000-000000000001"
OTHER = "01a219c0-0000-7000-8000-000000000002"


def say(**said: Any) -> str:
    return json.dumps({"after": 3, "pieces": [f"/runs/{RUN}/header"], **said})


def test_it_works() -> None:
    assert read_wanted(say(), RUN) == Wanted(after=3, pieces=(f"/runs/{RUN}/header",))


def test_a_page_without_a_tree_wants_no_bones() -> None:
    assert read_wanted(say(after=None, pieces=[]), RUN) == Wanted(after=None, pieces=())


def test_a_piece_keeps_its_query_and_comes_once() -> None:
    address = f"/runs/{RUN}/candidates?sort=votes"
    wanted = read_wanted(say(pieces=[address, address]), RUN)
    assert wanted is not None
    assert wanted.pieces == (address,)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "x",
        "[" * 3_000,
        "[]",
        "{}",
        say(more=1),
        say(after=-1),
        say(after=True),
        say(after=1.0),
        say(after="3"),
        say(after=2**53),
        say(pieces=None),
        say(pieces={"a": 1}),
        say(pieces=[1]),
        say(pieces=["/keys"]),
        say(pieces=[f"/runs/{OTHER}/header"]),
        say(pieces=[f"/runs/{RUN}/header/../../keys"]),
        say(pieces=[f"/runs/{RUN}/tree/bones"]),
        say(pieces=[f"/runs/{RUN}/header?a b"]),
        say(pieces=[f"/runs/{RUN}/header\n"]),
        say(pieces=[f"/runs/{RUN}/header?{n}" for n in range(9)]),
        say(pieces=["x" * 5_000]),
    ],
)
def test_what_our_pages_do_not_say_is_not_heard(said: str | None) -> None:
    assert read_wanted(said, RUN) is None
