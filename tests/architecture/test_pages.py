"""Colours have one home, and templates carry no style, script or handler of their own."""

from __future__ import annotations

import re

from tests.architecture.tree import files, name

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^\n]*url)|\b(?:rgba?|hsla?|oklch|oklab)\(")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a script without src": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"'](?:application/json|speculationrules)[\"'])",
        re.IGNORECASE,
    ),
    "a handler in an attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href)=[\"']https?://", re.IGNORECASE),
    "trust in text": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
}


def test_colours_stand_in_the_tokens_only() -> None:
    strays = []
    for path in files("static", suffix=".css"):
        if path.name == "tokens.css" or "vendor" in path.parts:
            continue
        text = COMMENT.sub("", path.read_text())
        strays += [f"{name(path)}: {found[0]}" for found in COLOUR.finditer(text)]
    assert not strays


def test_scripts_name_no_colour() -> None:
    quoted = re.compile(r"[\"'`]#[0-9a-fA-F]{3,8}[\"'`]|[\"'`](?:rgba?|hsla?)\(")
    strays = [
        f"{name(path)}: {found[0]}"
        for path in files("static", suffix=".js")
        if "vendor" not in path.parts
        for found in quoted.finditer(path.read_text())
    ]
    assert not strays


def test_templates_bring_no_style_script_or_handler() -> None:
    found = [
        f"{name(path)}: {what}"
        for path in files("templates", "traces", "ingest", suffix=".html")
        for what, pattern in FORBIDDEN.items()
        if pattern.search(path.read_text())
    ]
    assert not found
