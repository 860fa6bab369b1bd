"""A run is played back with keys, by decisions or at a speed; a moment is an address; without script it is a list."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Server, assert_accessible

NARROW = {"viewport": {"width": 360, "height": 780}}
NODES = "[data-value=nodes]"


@pytest.fixture(scope="module")
def run_id(server: Server) -> str:
    """A finished best-of-n run of eight samples, seven of them outvoted, each with a verdict."""
    return server.seed("small")


def test_a_run_is_played_back_by_keyboard_and_a_moment_of_it_can_be_sent(
    run_id: str, open_page: Open
) -> None:
    page = open_page(f"/runs/{run_id}/playback")
    player = page.locator("[data-playback]")
    expect(player).to_have_attribute("data-shown", "0", timeout=30_000)
    expect(page.locator(NODES)).to_have_text("0")
    assert_accessible(page)
    page.keyboard.press("End")
    last = page.locator("[data-part=scrubber]").get_attribute("max") or ""
    expect(player).to_have_attribute("data-shown", last)
    expect(page.locator("[data-value=state]")).to_have_text("completed")
    expect(page.locator("[data-part=answer-title]")).to_have_text("Answer chosen")
    expect(page.locator(".entry__said")).to_contain_text("The program said that it is done")
    whole = page.locator(NODES).inner_text()
    page.keyboard.press("[")
    page.keyboard.press("ArrowLeft")
    place = page.locator("[data-part=scrubber]").input_value()
    assert place != last
    expect(player).to_have_attribute("data-shown", place)
    expect(page).to_have_url(re.compile(rf"seq={place}\b"))
    sent = page.url[page.url.index("/runs/") :]
    value = page.locator("[data-part=scrubber]").get_attribute("aria-valuetext") or ""
    assert f"entry {place} of {last}" in value
    page.keyboard.press("Home")
    page.locator("[data-part=speed]").select_option("1000")
    page.locator("[data-part=scrubber]").focus()
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-shown", last, timeout=30_000)
    expect(page.locator(NODES)).to_have_text(whole)
    dark = open_page(sent, color_scheme="dark", **NARROW)
    expect(dark.locator("[data-playback]")).to_have_attribute("data-shown", re.compile(r"^[1-9]"))
    assert dark.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(dark)
    plain = open_page(f"/runs/{run_id}/playback?seq=2", java_script_enabled=False)
    plain.locator(".entries__seq").nth(5).click()
    expect(plain.locator(".is-here .entries__seq")).to_have_text("5")
