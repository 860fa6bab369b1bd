"""Text that others wrote is shown as it is, and nothing in it stays hidden."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.templatetags.trace_text import HIDDEN, one_line, run_title, visible


def test_it_works() -> None:
    assert visible("plain\ntext\twith é and 漢字") == "plain\ntext\twith é and 漢字"


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("a\x00b", "a\ufffdb"),
        ("\x1b[31mred", "⟨ESC⟩[31mred"),
        ("\u202eevil", "⟨U+202E⟩evil"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\ud800", "\ufffd"),
        ("over\rwrite", "over⟨CR⟩write"),
        ("line\r\nend", "line\nend"),
        ("pay\u200dpal", "pay⟨U+200D⟩pal"),
        ("x\ufe01\ufe02", "x⟨U+FE01⟩⟨U+FE02⟩"),
        ("❤\ufe0f\ufe0e", "❤\ufe0f⟨U+FE0E⟩"),
        ("\U0001d173\U0001bca0", "⟨U+1D173⟩⟨U+1BCA0⟩"),
        ("\x7f\x9b", "⟨U+007F⟩⟨U+009B⟩"),
    ],
)
def test_what_is_hidden_is_marked(given_text: str, shown: str) -> None:
    assert visible(given_text) == shown


def test_selectors_that_shape_a_sign_stay() -> None:
    assert visible("❤\ufe0f 1\ufe0f\u20e3") == "❤\ufe0f 1\ufe0f\u20e3"


def test_joiners_that_shape_emoji_and_scripts_stay() -> None:
    assert visible("👩‍👩‍👧 می\u200cخواهم") == "👩‍👩‍👧 می\u200cخواهم"


def test_nothing_is_an_empty_text() -> None:
    assert visible(None) == one_line("") == ""


def test_a_row_is_one_line() -> None:
    assert one_line(" a\n\n b\tc ") == "a b c"


@given(st.text(st.characters(exclude_categories=())))
def test_no_hidden_character_is_left(text: str) -> None:
    assert not HIDDEN.search(visible(text))
    visible(text).encode()


@given(st.text())
def test_making_visible_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    ("name", "task", "trace", "title"),
    [
        ("sum", "6 * 7?", None, "sum"),
        (None, "What is\n6 * 7?", "ab" * 16, "What is 6 * 7?"),
        (None, "x" * 5_000, None, "x" * 120),
        ("", None, "ab" * 16, "trace abababab"),
        ("", None, None, "unnamed run"),
    ],
)
def test_a_run_without_a_name_is_called_by_its_task_or_its_trace(
    name: str | None, task: str | None, trace: str | None, title: str
) -> None:
    run = SimpleNamespace(name=name, task=task, trace_id=trace)
    assert run_title(run) == title  # type: ignore[arg-type]
