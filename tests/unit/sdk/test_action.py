"""The canonical action: the same bytes for the same action, and nothing else passes for one."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.ledger.action import (
    MAX_ACTION_BYTES,
    Action,
    NoAction,
    read_action,
    write_arguments,
)
from deliberation.vocabulary import ApprovalRule, Risk, SideEffect

RUN = "01900000-0000-7000-8000-000000000000"
MAIL = Action(run=RUN, tool="send_email", arguments='{"to":"a@example.org"}', node="ab" * 8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_it_works():
    assert MAIL.text == (
        '{"arguments":"{\\"to\\":\\"a@example.org\\"}","attempt":null,"node":"abababababababab",'
        f'"risk":null,"run":"{RUN}","side_effect":null,"tool":"send_email"}}'
    )
    assert MAIL.digest == hashlib.sha256(MAIL.text.encode()).hexdigest()
    assert read_action(MAIL.text) == MAIL


@given(JSON)
def test_any_arguments_can_be_agreed_to(value):
    action = Action(run=RUN, tool="t", arguments=write_arguments(value))
    assert read_action(action.text) == action


@given(JSON, JSON)
def test_other_arguments_are_another_action(one, other):
    first, second = write_arguments(one), write_arguments(other)
    assert (MAIL.changed(first).digest == MAIL.changed(second).digest) is (first == second)


def test_the_order_of_arguments_is_no_difference():
    assert write_arguments({"b": 1, "a": 2}) == write_arguments({"a": 2, "b": 1})


@pytest.mark.parametrize("value", [{1: "a", "b": 2}, {(1, 2): 3}, object, {1, 2}, b"\xff"])
def test_what_json_does_not_know_is_written_all_the_same(value):
    assert json.loads(write_arguments(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        MAIL.text + " ",
        MAIL.text.replace('"attempt":null', '"attempt":-1'),
        MAIL.text.replace('"attempt":null', '"attempt":1.0'),
        MAIL.text.replace('"attempt":null', '"attempt":true'),
        MAIL.text.replace('"send_email"', '""'),
        MAIL.text.replace('"send_email"', "7"),
        MAIL.text.replace('"send_email"', '"send\\u0000email"'),
        MAIL.text.replace('"risk":null,', ""),
        MAIL.text[:-1] + ',"more":1}',
        '{"tool":"x",' + MAIL.text[1:],
        "[" * 100_000,
        " " * (MAX_ACTION_BYTES + 1),
    ],
)
def test_what_is_no_canonical_action_is_refused(text):
    with pytest.raises(NoAction):
        read_action(text)


def test_a_rule_asks_about_what_it_names_and_about_what_it_cannot_judge():
    assert ApprovalRule(tool="bash").asks_about("bash", None, None)
    assert not ApprovalRule(tool="bash").asks_about("bash_session", None, None)
    assert not ApprovalRule(side_effect=SideEffect.WRITE).asks_about("x", "read", "high")
    grave = ApprovalRule(risk=Risk.MEDIUM)
    asked = {risk: grave.asks_about("x", None, risk) for risk in ("low", "medium", "high", None)}
    assert asked == {"low": False, "medium": True, "high": True, None: True}
    assert ApprovalRule().asks_about("anything", None, None)
