"""No template says anything that a language could not say in its place."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from tests.architecture.tree import files, name

SAID_IN = {"title", "aria-label", "aria-valuetext", "aria-description", "placeholder", "alt"}
CODE = {"code", "pre", "kbd", "script", "style", "svg"}
"""Elements in which programs, keys and addresses stand, the same for everybody."""
NAMES = {
    "Deliberation Inspector": "the program is called so",
    "SHA-256": "an algorithm",
    "OpenTelemetry": "a standard",
    "curl": "a program",
    "812 B": "an example of a size",
    "A": "one of the two that are compared",
    "B": "the other",
}
OF_A_TAG = {"block page_class", "block live"}
"""Blocks of `base.html` that stand inside a tag."""
LETTERS = re.compile(r"[^\W\d_]")
VALUE = "\ufffc"
LITERAL = re.compile(r"""(?<!_\()(["'])(?P<text>[^"']*[^\W\d_][^"']*)\1""")
SAYING_FILTER = re.compile(
    r"""\|(?:default|default_if_none|yesno|pluralize):["'](?P<text>[^"']*[^\W\d_][^"']*)["'](?!\|plain)"""
)
WORDS = re.compile(r"""\bwords=["']""")
pages = files("templates", suffix=".html")


class Said(HTMLParser):
    """Collects what a reader would read."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for key, value in attrs if key in SAID_IN]
        if tag in CODE:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.texts.append(data)


def without_tags(source: str) -> str:
    """The template with each of its tags replaced; what stands in a `blocktranslate` or a comment goes with it."""
    kept, hidden_until = [], ""
    for token in Lexer(source).tokenize():
        command = token.contents.split(None, 1)[0] if token.token_type is TokenType.BLOCK else ""
        if hidden_until:
            hidden_until = "" if command == hidden_until else hidden_until
        elif command in {"blocktranslate", "comment"} or token.contents in OF_A_TAG:
            hidden_until = f"end{command}"
            kept.append(VALUE)
        elif token.token_type is TokenType.TEXT:
            kept.append(token.contents)
        elif token.token_type is TokenType.VAR or command == "translate":
            kept.append(VALUE)
        elif command in {"else", "elif", "block", "endblock"}:
            kept.append("\n")
    return "".join(kept)


def untranslated(source: str) -> list[str]:
    parser = Said()
    parser.feed(without_tags(source))
    pieces = [piece for text in parser.texts for piece in re.split(f"[{VALUE}·\n]", text)]
    found = {piece.strip(" \t.,:;…~()/#“”×") for piece in pieces if LETTERS.search(piece)}
    return sorted(found - set(NAMES))


def test_it_works() -> None:
    assert untranslated('<p title="Why">{% translate "Runs" %} of {{ name }}</p>') == ["Why", "of"]
    assert untranslated("{% if x %}Yes{% else %}No{% endif %}<code>run</code>") == ["No", "Yes"]
    assert not untranslated("{% blocktranslate %}{{ n }} of{% endblocktranslate %} · {{ n }}")


@pytest.mark.parametrize("page", pages, ids=name)
def test_a_page_says_nothing_outside_of_its_tags(page: Path) -> None:
    assert not untranslated(page.read_text()), "see docs/reference/languages.md"


@pytest.mark.parametrize("page", pages, ids=name)
def test_a_tag_says_nothing_untranslated(page: Path) -> None:
    tokens = [each.contents for each in Lexer(page.read_text()).tokenize()]
    said = [each for each in tokens if SAYING_FILTER.search(each) or WORDS.search(each)]
    assert not said, 'write `default:_("…")`'
