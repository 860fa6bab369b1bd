"""What a run could have answered and what it threw away, read by keyboard, on a narrow screen, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Server, assert_accessible

NARROW = {"viewport": {"width": 360, "height": 780}}


@pytest.fixture(scope="module")
def run_id(server: Server) -> str:
    """A finished best-of-n run of eight samples, seven of them outvoted, each with a verdict."""
    return server.seed("small")


def fits(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))


def test_two_candidates_are_chosen_by_keyboard_stay_chosen_and_stand_side_by_side(
    run_id: str, open_page: Open
) -> None:
    page = open_page(f"/runs/{run_id}/candidates?sort=votes")
    assert_accessible(page)
    ticks = page.locator("[name=tick]")
    for at in (0, 7):
        ticks.nth(at).focus()
        page.keyboard.press("Space")
    with page.expect_response(lambda answer: "/candidates" in answer.url):
        page.evaluate("() => htmx.trigger(document.body, 'poke')")
    page.wait_for_timeout(500)
    expect(page.locator("[name=tick]:checked")).to_have_count(2)
    page.get_by_role("button", name="Compare two").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Two candidates side by side")).to_be_visible()
    expect(page.locator("pre del").first).to_be_visible()
    expect(page.locator("pre ins").first).to_be_visible()
    assert_accessible(page)
    path = page.url[page.url.index("/runs/") :]
    dark = open_page(path, color_scheme="dark", **NARROW)
    assert fits(dark)
    assert_accessible(dark)


def test_what_was_thrown_away_is_narrowed_with_and_without_script_and_leads_into_the_tree(
    run_id: str, open_page: Open
) -> None:
    plain = open_page(f"/runs/{run_id}/graveyard", java_script_enabled=False, **NARROW)
    plain.locator("select[name=reason]").select_option("outvoted")
    plain.get_by_role("button", name="Narrow").click()
    expect(plain.locator("#paths-title + .quiet")).to_contain_text("7 paths of 7")
    page = open_page(f"/runs/{run_id}")
    page.get_by_role("link", name="Graveyard").click()
    expect(page.get_by_text("What was thrown away")).to_be_visible()
    assert_accessible(page)
    page.locator(".graves__path > a").first.click()
    expect(page.locator("#node-panel")).to_contain_text("outvoted", timeout=30_000)
    dark = open_page(f"/runs/{run_id}/graveyard", color_scheme="dark", **NARROW)
    assert fits(dark)
    assert_accessible(dark)
