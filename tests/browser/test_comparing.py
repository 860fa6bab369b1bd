"""Two runs are ticked in the list and stand side by side: by keyboard, on a phone, and without script."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open, Server, assert_accessible
from tests.browser.test_discarded import NARROW, fits


def test_two_runs_are_ticked_compared_by_keyboard_and_read_on_a_phone_and_without_script(
    server: Server, open_page: Open
) -> None:
    runs = [server.seed("small"), server.seed("another")]
    page = open_page("/")
    for run in runs:
        page.locator(f'[name=tick][value="{run}"]').check()
    assert_accessible(page)
    page.get_by_role("button", name="Compare two").click()
    expect(page.get_by_role("heading", name="Two runs side by side")).to_be_visible()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#parting-title")).to_be_visible()
    changed = page.locator(".line--changed", has_text="try 4")
    expect(changed).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".line--fold")).to_contain_text("4 branches are the same")
    assert_accessible(page)

    fold = page.locator(".line--fold")
    fold.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".line--same", has_text="try 2")).to_be_visible()
    expect(page.locator(".line--fold")).to_have_count(0)
    thoughts = page.locator(".line--same", has_text="thought")
    expect(thoughts).to_have_count(1)  # of the branch that differs, and is open
    page.keyboard.press("ArrowRight")
    expect(thoughts).to_have_count(2)
    page.keyboard.press("ArrowLeft")
    expect(thoughts).to_have_count(1)
    with page.expect_response(lambda answer: "/compare/head" in answer.url):
        page.evaluate("() => htmx.trigger(document.body, 'poke')")
    expect(page.locator(".line:focus")).to_contain_text("try 0")
    changed.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Two nodes side by side")).to_be_visible()
    expect(page.locator("pre ins").first).to_be_visible()
    assert_accessible(page)

    address = f"/compare?a={runs[0]}&b={runs[1]}&only=differences"
    dark = open_page(address, color_scheme="dark", **NARROW)
    expect(dark.locator(".line--fold")).to_have_count(0)
    assert fits(dark)
    assert_accessible(dark)
    dark.goto(f"{server.url}/runs/{runs[0]}/replays")
    expect(dark.locator("[name=mode][value=recorded]")).to_be_disabled()
    expect(dark.get_by_role("link", name="Playback")).not_to_have_count(0)
    assert fits(dark)
    assert_accessible(dark)
    plain = open_page(address, java_script_enabled=False, **NARROW)
    plain.locator(".line--changed .line__twisty").first.click()
    expect(plain.get_by_role("link", name="The whole tree")).to_be_visible()
    expect(plain.locator(".line")).not_to_have_count(0)
