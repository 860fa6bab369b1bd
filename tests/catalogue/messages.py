"""Every message of the sources, as a reader of the running program asks the catalogue for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import NamedTuple

from babel.messages.extract import extract
from django.template import Engine
from django.template.base import Lexer, Template, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

import deliberation.vocabulary
from tests.architecture.tree import files, is_written, name
from traces.queries.spoken import WORD
from traces.templatetags.fmt import counted_forms

PYTHON = ("inspector", "ingest", "traces")
PYTHON_KEYWORDS = {
    **dict.fromkeys(["gettext", "gettext_lazy", "gettext_noop", "_"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
    # of traces.analytics.phrases
    "phrase": None,
    "counted": (2, 3),
}
SCRIPT_KEYWORDS = {"gettext": None, "pgettext": ((1, "c"), 2), "ngettext": (2, 3)}
SAYS = re.compile(r"gettext|analytics\.phrases")
MARKED = re.compile(r"""_\((?P<quote>["'])(?P<text>.*?)(?P=quote)\)""")
COUNTED = re.compile(r"""\|plural:(?:_\()?(?P<quote>["'])(?P<words>.*?)(?P=quote)""")


class Message(NamedTuple):
    """One entry of a catalogue, and the file that says it."""

    context: str | None
    one: str
    many: str | None
    place: str


def find_messages() -> list[Message]:
    """Return those of all sources, in the order of their places."""
    found = [*_of_python(), *_of_templates(), *_of_vocabulary(), *_of_scripts()]
    return sorted(set(found), key=lambda each: (each.place, each.one, each.context or ""))


def is_of_scripts(message: Message) -> bool:
    """Whether the browser asks for it: what scripts say, and the words of the vocabulary."""
    return message.place.endswith(".js") or message.context == WORD


def _of_python() -> Iterator[Message]:
    for path in files(*PYTHON, suffix=".py"):
        if is_written(path) and SAYS.search(path.read_text()):
            yield from _extracted(path, "python", PYTHON_KEYWORDS)


def _of_scripts() -> Iterator[Message]:
    for path in files("static/js", suffix=".js"):
        if "languages" not in path.parts:
            yield from _extracted(path, "javascript", SCRIPT_KEYWORDS)


def _extracted(path: Path, method: str, keywords: dict[str, object]) -> Iterator[Message]:
    with path.open("rb") as source:
        for _, said, _, context in extract(method, source, keywords, (), {"encoding": "utf-8"}):
            one, many = said if isinstance(said, tuple) else (said, None)
            yield Message(context, one, many, name(path))


def _of_vocabulary() -> Iterator[Message]:
    for module in iter_modules(deliberation.vocabulary.__path__):
        place = f"sdk/deliberation/vocabulary/{module.name}.py"
        found = vars(import_module(f"deliberation.vocabulary.{module.name}")).values()
        for kind in found:
            if (
                isinstance(kind, type)
                and issubclass(kind, Enum)
                and kind.__module__.endswith(f".{module.name}")
            ):
                for member in kind:
                    yield Message(WORD, str(member.value).replace("_", " "), None, place)


def _of_templates() -> Iterator[Message]:
    engine = Engine.get_default()
    for path in files("templates", suffix=".html"):
        source = path.read_text()
        for context, one, many in {*_of_nodes(engine.from_string(source)), *_of_tags(source)}:
            yield Message(context, one, many, name(path))


def _of_nodes(template: Template) -> Iterator[tuple[str | None, str, str | None]]:
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        said = node.filter_expression.var
        yield _constant(node.message_context), str(said.literal).replace("%", "%%"), None
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        one, _ = node.render_token_list(node.singular)
        many = node.render_token_list(node.plural)[0] if node.plural else None
        yield _constant(node.message_context), one, many


def _constant(context: object) -> str | None:
    return None if context is None else ast.literal_eval(getattr(context, "token", str(context)))


def _of_tags(source: str) -> Iterable[tuple[None, str, str | None]]:
    for token in Lexer(source).tokenize():
        if token.token_type in {TokenType.VAR, TokenType.BLOCK}:
            for found in MARKED.finditer(token.contents):
                yield None, found["text"], None
            for found in COUNTED.finditer(token.contents):
                yield None, *counted_forms(found["words"])
