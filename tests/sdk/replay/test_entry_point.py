"""A run that begins in an entry point says by what it can be begun again."""

from __future__ import annotations

import asyncio
import json
import sys
from types import ModuleType

import pytest

import deliberation as dl
from deliberation.replay import entry_of
from tests.sdk.replay.repeating import of


@pytest.fixture
def started(stage):
    def play(function, **given):
        return of(stage.play(function, **given), "run.started")

    return play


@dl.entry_point(version="2")
def solve(*, numbers, seed=1, **more):
    with dl.run("q"):
        pass


def test_it_works(started):
    (told,) = started(solve, numbers=(4, 6), why="so")
    assert told.entry_point.endswith("test_entry_point:solve")
    assert told.entry_version == "2"
    assert json.loads(told.parameters) == {"numbers": [4, 6], "seed": 1, "why": "so"}
    assert told.code_digest == entry_of(solve).digest
    assert len(told.code_digest) == len("sha256:") + 64


def test_its_parameters_are_a_schema():
    assert entry_of(solve).schema() == {
        "type": "object",
        "properties": {"numbers": {}, "seed": {"default": 1}},
        "required": ["numbers"],
    }


def test_only_the_first_run_of_a_call_is_what_it_is_for(started):
    @dl.entry_point(version="1")
    def twice():
        with dl.run("first"), dl.run("second"):
            pass

    def both():
        twice()
        with dl.run("outside"):
            pass

    told = {each.task: each.entry_point for each in started(both)}
    assert told.pop("first").endswith("twice")
    assert told == {"second": None, "outside": None}


def test_a_coroutine_is_one_too(started):
    @dl.entry_point(version="1")
    async def later(*, n):
        async with dl.run("q"):
            pass

    async def both():
        await asyncio.gather(later(n=1), later(n=2))

    told = started(lambda: asyncio.run(both()))
    assert sorted(json.loads(each.parameters)["n"] for each in told) == [1, 2]


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan")])
def test_what_json_cannot_hold_runs_and_is_not_told(started, value):
    (told,) = started(solve, numbers=value)
    assert told.entry_point
    assert told.parameters is None


def test_a_wrong_call_is_pythons_own_complaint():
    with pytest.raises(TypeError, match="numbers"):
        solve(number=1)


def test_the_digest_is_of_the_code_and_of_what_it_names(tmp_path, monkeypatch):
    def digest(text, helper):
        for name, content in (("prog", text), ("beside", helper)):
            path = tmp_path / f"{name}.py"
            path.write_text(content)
            module = ModuleType(name)
            module.__file__ = str(path)
            monkeypatch.setitem(sys.modules, name, module)

        def function():
            pass

        function.__module__ = "prog"
        alone = dl.entry_point(version="1")(function)
        with_more = dl.entry_point(version="1", sources=["beside"])(function)
        return entry_of(alone).digest, entry_of(with_more).digest

    first, same = digest("a = 1", "b = 1"), digest("a = 1", "b = 1")
    assert first == same
    other = digest("a = 1", "b = 2")
    assert (other[0] == first[0], other[1] == first[1]) == (True, False)
    assert digest("a = 2", "b = 1")[0] != first[0]


def test_code_that_cannot_be_read_has_no_digest():
    def function():
        pass

    function.__module__ = "builtins"
    assert entry_of(dl.entry_point(version="1")(function)).digest is None
