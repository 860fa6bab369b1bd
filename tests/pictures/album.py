"""Which pictures the documentation has: where each is taken, what is done first, and what it is cropped to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

RUNS = {
    "wrong": "Best of 16: 992 * 501 + 1621",
    "right": "Best of 16: 957 * 267 + 6113",
    "search": "Game of 24 by tree search: 2 8 8 12",
}
"""Runs of the demo, by the word that stands for their id in an address."""
TREE = "[data-tree][data-ready]"
HEAD = "body > header"
DRAWN = ".js-plotly-plot .main-svg"


def nothing(page: Page) -> None:
    """The page as it opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: of `path`, after `act`, which begins once `ready` is there; cropped to `around`.

    It is at most `tall` pixels high.
    """

    name: str
    path: str
    around: tuple[str, ...]
    ready: str = "main"
    act: Callable[[Page], None] = nothing
    tall: int = 900


def choose_answer(page: Page) -> None:
    """The node that was returned, in the panel."""
    page.click("[data-part=answer]")
    page.locator(".row--answer").click()
    page.wait_for_selector(".panel__fate")


def open_whole_panel(page: Page) -> None:
    """The same, with the panel as tall as what is in it."""
    choose_answer(page)
    page.locator(".workspace").evaluate("(it) => { it.style.height = 'auto'; }")


def open_palette(page: Page) -> None:
    """The palette with some letters typed."""
    page.keyboard.press("Control+k")
    page.keyboard.type("best")
    page.wait_for_selector("[data-palette-found] [role=option]")


def go_to_decision(page: Page) -> None:
    """The first decision after two thirds of the record."""
    page.wait_for_selector("[data-shown]")
    page.locator("[data-part=scrubber]").evaluate(
        "(it) => { it.value = Math.round(it.max * 0.66); it.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    page.wait_for_timeout(500)
    page.click("[data-go=later]")


ALBUM = (
    Picture(
        name="run-page", path="/runs/{search}", ready=TREE, act=choose_answer,
        around=(HEAD, "#tree"), tall=1240,
    ),
    Picture(name="runs", path="/", around=(HEAD, "main"), tall=800),
    Picture(name="verdict", path="/runs/{wrong}", around=("#runs-header",)),
    Picture(name="tree", path="/runs/{search}", ready=TREE, act=choose_answer, around=("#tree",), tall=560),
    Picture(name="node", path="/runs/{wrong}", ready=TREE, act=open_whole_panel, around=(".panel",), tall=1000),
    Picture(name="candidates", path="/runs/{wrong}/candidates", around=("main .section, main section",), tall=640),
    Picture(name="graveyard", path="/runs/{wrong}/graveyard", around=("main",), tall=720),
    Picture(name="decision", path="/runs/{wrong}/decision", ready=DRAWN, around=("main",), tall=800),
    Picture(name="timeline", path="/runs/{wrong}/timeline", around=("main .card",)),
    Picture(name="figures", path="/runs/{search}/figures", ready=DRAWN, around=("main section",), tall=720),
    Picture(name="playback", path="/runs/{wrong}/playback", act=go_to_decision, around=(".playback",), tall=700),
    Picture(name="compare", path="/compare?a={right}&b={wrong}", around=("main",), tall=640),
    Picture(name="sign-off", path="/runs/{wrong}/sign-off", around=("main",)),
    Picture(name="palette", path="/runs/{wrong}", ready=TREE, act=open_palette, around=(".palette",)),
)  # fmt: skip
