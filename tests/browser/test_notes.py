"""A reviewer leaves a note on a step, signs the run off and exports it: by keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open, Server, assert_accessible


def test_a_reviewer_notes_and_signs_with_the_keyboard(server: Server, open_page: Open) -> None:
    run_id = server.seed("small")
    page, other = open_page(f"/runs/{run_id}"), open_page(f"/runs/{run_id}/notes")
    page.locator("[role=row][aria-level]").first.click()
    panel = page.locator(".panel__notes")
    panel.locator("textarea").focus()
    page.keyboard.type("why this one?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel.locator("[role=status]")).to_be_focused()
    expect(panel.locator(".remark__text")).to_have_text("why this one?")
    expect(page.locator(".row__notes").first).to_contain_text("1")
    expect(page.locator(".remarks__line")).to_contain_text("1 note")
    assert_accessible(page)
    expect(other.locator(".remark__text")).to_have_text("why this one?")  # it came by itself
    expect(other.locator(".remark__node a")).to_be_visible()
    assert_accessible(other)
    page.get_by_text("Sign off…").click()
    assert_accessible(page)
    page.get_by_label("reject").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("nobody says why")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    signed = page.locator("#signed")
    expect(signed).to_contain_text("nobody says why")
    expect(signed).to_contain_text("reject")
    expect(page.locator(".checkers").first).to_contain_text("human")
    page.goto(f"{server.url}/runs/{run_id}/bundles")
    assert_accessible(page)
    page.get_by_role("button", name="Export …").press("Enter")
    assert_accessible(page)
    page.get_by_label("Withhold all").press("Space")
    page.get_by_label("Why they are withheld").fill("the client's business")
    page.get_by_role("button", name="Export", exact=True).press("Enter")
    asked = page.locator("#bundles-list")
    expect(asked).to_contain_text("the client's business")
    expect(asked.get_by_role("link", name="Download")).to_be_visible(timeout=60_000)
    assert_accessible(page)
