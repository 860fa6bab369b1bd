"""Lines that were edited along with their hashes are found as near as checkpoints and the held tree tell."""

from __future__ import annotations

import pytest

from deliberation.ledger.tree import append, hash_leaf
from tests.bundles.story import RUN, Story, tell_story
from traces.audit.openings import pack
from traces.audit.recheck import Held, LedgerRow, Recheck
from traces.audit.taken_away import TakenAway

SIZE = 13
HELD = "the tree over its lines is not the one whose frontier is held"


def rechecked(edited: int, checkpoints: tuple[int, ...] = ()) -> list[tuple[int | None, str]]:
    """What is said of a story whose line `edited`, and its leaf, were written anew; its checkpoints were not."""
    story: Story = tell_story(RUN)
    del story.entries[SIZE:]
    frontier, size = append([], 0, [each.leaf for each in story.entries])
    roots = {at: story.root(at) for at in checkpoints}
    held = Held(size, b"".join(frontier), None, "bundle", None)
    recheck = Recheck(RUN, held, TakenAway(), set(), roots)
    for entry in story.entries:
        line = entry.line
        if entry.seq == edited:
            line = line.replace(b'"by":"sdk:7f3a"', b'"by":"sdk:7f3b"')
        row = LedgerRow(entry.seq, entry.key, line, hash_leaf(line), pack(entry.parts))
        list(recheck.entry(row))
    return [(each.seq, each.what) for each in recheck.end() if HELD in each.what]


def test_it_works() -> None:
    assert rechecked(edited=-1) == []


@pytest.mark.parametrize(
    ("edited", "checkpoints", "where"),
    [
        (3, (), f"{HELD}: they part in entries 0 to 7"),
        (9, (), f"{HELD}: they part in entries 8 to 11"),
        (9, (9,), f"{HELD}: they part in entries 9 to 11"),
        (3, (2, 5), f"{HELD}: they part in entries 2 to 4"),
    ],
)
def test_a_range_is_named(edited: int, checkpoints: tuple[int, ...], where: str) -> None:
    assert rechecked(edited, checkpoints) == [(None, where)]


@pytest.mark.parametrize(("edited", "checkpoints"), [(12, ()), (3, (3, 4)), (9, (9, 10))])
def test_where_one_entry_is_left_it_is_named(edited: int, checkpoints: tuple[int, ...]) -> None:
    assert rechecked(edited, checkpoints) == [(edited, HELD)]
