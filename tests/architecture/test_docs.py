"""Every command and every address is documented; what is missing is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.tree import TREE, files, name
from tests.pictures.album import ALBUM

OURS = ("inspector", "traces", "ingest")
# The parts of an address that stand for a value: <uuid:run_id>, {run_id}, RUN.
VALUE = re.compile(r"<[^>]+>|\{[^}]+\}")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
PICTURES_BYTES = 1_500_000
NOT_FOR_PEOPLE = ("static", "__")


def documentation() -> str:
    pages = [TREE / "README.md", *files("docs", suffix=".md")]
    return "\n".join(page.read_text() for page in pages if page.exists())


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield "/" + route.lstrip("^").rstrip("$")


def without_values(text: str) -> str:
    return VALUE.sub("{}", text)


def test_every_command_is_documented() -> None:
    text = documentation()
    commands = [command for command, app in get_commands().items() if app in OURS]
    missing = [command for command in commands if f"manage.py {command}" not in text]
    assert not missing, f"say in README.md or docs/ what these do: {sorted(missing)}"


def test_every_address_is_documented() -> None:
    text = without_values(documentation())
    routes = {without_values(route) for route in addresses(get_resolver())}
    missing = sorted(
        route
        for route in routes
        if not route.strip("/").startswith(NOT_FOR_PEOPLE)
        and not re.search(re.escape(route) + r"(?![\w/{])", text)
    )
    assert not missing, f"say in README.md or docs/ what answers at: {missing}"


def test_every_picture_is_there_and_every_one_is_shown() -> None:
    pages = [TREE / "README.md", TREE / "ARCHITECTURE.md", *files("docs", suffix=".md")]
    shown = {
        (page.parent / found).resolve()
        for page in pages
        for found in PICTURE.findall(page.read_text())
        if "://" not in found
    }
    there = set(files("docs", suffix=".png"))
    assert shown == there, f"missing or shown nowhere: {sorted(map(name, shown ^ there))}"
    assert {path.stem for path in there} == {each.name for each in ALBUM}
    assert sum(path.stat().st_size for path in there) < PICTURES_BYTES


def test_every_setting_of_the_environment_is_documented() -> None:
    text = documentation()
    source = "\n".join(path.read_text() for path in files("inspector", suffix=".py"))
    names = set(re.findall(r"env\.(?:text|flag|whole|names)\(\s*\"([A-Z_]+)\"", source))
    missing = sorted(name for name in names - {"INSPECTOR_ROLE"} if f"`{name}`" not in text)
    assert not missing, f"say in README.md or docs/ what these set: {missing}"
