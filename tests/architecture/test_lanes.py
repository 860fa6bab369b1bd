"""Each test is run by exactly one lane of the suite."""

from __future__ import annotations

from tests.architecture.tree import files, name
from tests.lanes import LANES, Lane


def test_it_works() -> None:
    tests = [name(path) for path in files("tests", suffix=".py") if path.stem.startswith("test_")]
    lanes = LANES
    assert tests
    assert {
        test: found for test in tests if (found := sum(runs(each, test) for each in lanes)) != 1
    } == {}


def runs(lane: Lane, test: str) -> bool:
    return is_under(test, lane.paths) and not is_under(test, lane.without)


def is_under(test: str, paths: tuple[str, ...]) -> bool:
    return any(test == path or test.startswith(f"{path}/") for path in paths)
