"""Whatever a page can do is a few keys away, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open, Server, assert_accessible


def test_whatever_a_page_can_do_is_done_from_the_palette_by_keys_alone(
    server: Server, open_page: Open
) -> None:
    page = open_page(f"/runs/{server.seed('small')}", ready="[data-tree][data-ready]")
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to, or do")
    expect(field).to_be_focused()
    page.keyboard.type("check")
    expect(page.get_by_role("option", name="check thought").first).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("check")
    expect(page.get_by_role("option", name="check thought").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#node-panel h2")).to_have_text("check")
    page.locator("[data-part-link=ledger]").click()
    expect(page).to_have_url(re.compile(r"#node=\d+&part=ledger$"))
    page.locator("#part-ledger summary").press("Enter")
    expect(page.locator("#part-ledger .entry").first).to_contain_text('"kind":"node.started"')
    assert_accessible(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("theme")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("Control+k")
    page.keyboard.type("graveyard")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/graveyard$"))
