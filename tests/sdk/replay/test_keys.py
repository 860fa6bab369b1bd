"""Keys depend on what is asked and on nothing else, and are the same in every process."""

from __future__ import annotations

import os
import sys
import threading
from hashlib import sha256

import pytest

from deliberation.replay import Keys, canonical
from deliberation.vocabulary import CallSort


def test_it_works():
    """By the words of the specification, with nothing of the code that writes them."""
    digest = sha256(b'{"input":"6 * 7?"}').hexdigest()
    said = f'["model","gpt-4o","{digest}",1]'
    keys = Keys()
    keys.next(CallSort.MODEL, "gpt-4o", canonical({"input": "6 * 7?"}))
    second = keys.next(CallSort.MODEL, "gpt-4o", canonical({"input": "6 * 7?"}))
    assert second == sha256(said.encode()).hexdigest()[:32]


def test_what_differs_has_other_keys_and_what_is_alike_is_counted():
    keys = Keys()
    asked = [
        (CallSort.MODEL, "m", "{}"),
        (CallSort.TOOL, "m", "{}"),
        (CallSort.MODEL, "n", "{}"),
        (CallSort.MODEL, "m", '{"input":1}'),
        (CallSort.MODEL, "m", "{}"),
        (CallSort.MODEL, "m", '{"input":1}'),
    ]
    assert len({keys.next(*each) for each in asked}) == len(asked)


def test_the_order_among_calls_that_differ_changes_nothing():
    asked = [(CallSort.TOOL, name, "{}") for name in "abcabcaab"]
    forth, back = Keys(), Keys()
    assert {forth.next(*each) for each in asked} == {back.next(*each) for each in asked[::-1]}


def test_threads_never_get_the_same_key_twice():
    keys, found = Keys(), []

    def ask():
        found.extend([keys.next(CallSort.TOOL, "t", "{}") for _ in range(500)])

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(set(found)) == 4000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [0.1, 1e16, -0.0, None, True]}, '{"a":[0.1,1e+16,-0.0,null,true],"b":1}'),
        ('ä\n\u2028"', '"ä\\n\u2028\\""'),
        ((1, 2), "[1,2]"),
        (2**70, "1180591620717411303424"),
        ({1: "a"}, '{"1":"a"}'),
        ({1: "a", "b": 2}, "\"{1: 'a', 'b': 2}\""),
        (float("nan"), '"nan"'),
        ({1j}, '"{1j}"'),
    ],
)
def test_each_value_has_one_text(value, text):
    assert canonical(value) == text


def test_a_value_within_itself_has_a_text_too():
    value: list[object] = []
    value.append(value)
    assert canonical(value) == '"[[...]]"'


def test_a_lone_surrogate_has_a_key():
    assert Keys().next(CallSort.TOOL, "\ud800", canonical("\udfff"))


def test_a_forked_child_has_no_keys(monkeypatch):
    keys = Keys()
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert keys.next(CallSort.TOOL, "t", "{}") is None
