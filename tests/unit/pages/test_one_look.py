"""What the parts of a page all ask for is looked up once a page, and never kept for the next."""

from __future__ import annotations

import pytest

from traces.queries.one_look import look_up, one_look


class Counted:
    """Finds how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


def test_it_works() -> None:
    find = Counted()
    with one_look():
        assert [look_up("run", find) for _ in range(3)] == [1, 1, 1]
        assert look_up("another run", find) == 2


def test_the_next_page_looks_again() -> None:
    find = Counted()
    for _ in range(2):
        with one_look():
            look_up("run", find)
    assert find.asked == 2


def test_outside_of_a_page_all_is_looked_up() -> None:
    find = Counted()
    assert [look_up("run", find) for _ in range(2)] == [1, 2]


def test_a_page_that_fails_leaves_nothing_behind() -> None:
    find = Counted()
    with pytest.raises(ZeroDivisionError), one_look():
        look_up("run", lambda: find() / 0)
    assert look_up("run", find) == 2


def test_what_was_not_found_is_known_too() -> None:
    asked = []
    with one_look():
        for _ in range(2):
            assert look_up("run", lambda: asked.append(1)) is None
    assert len(asked) == 1
