"""Keys and people of a project, in a real browser: a key is shown once, works, and is ended."""

from __future__ import annotations

import urllib.error
import urllib.request

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Server, assert_accessible


def asks(server: Server, key: str) -> int:
    """What the API answers to a key."""
    asked = urllib.request.Request(
        f"{server.url}/api/v1/runs", headers={"Authorization": f"Bearer {key}"}
    )
    try:
        with urllib.request.urlopen(asked) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def made(page: Page, name: str) -> str:
    """Make a key that reads, and take it from the page."""
    page.get_by_label("What it is for").fill(name)
    page.get_by_label("ingest", exact=False).first.uncheck()
    page.locator("[name=scopes][value=read]").check()
    page.get_by_role("button", name="Make the key").click()
    return page.locator("#made-key").inner_text()


def test_a_key_is_shown_once_works_and_is_ended(server: Server, open_page: Open) -> None:
    page = open_page("/keys")
    assert_accessible(page)
    key = made(page, "nightly evaluation")
    assert asks(server, key) == 200
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="It is in a safe place").click()
    expect(page.locator("#keys")).to_contain_text(key[:10])
    assert key not in page.content()
    page.get_by_role("button", name="End the key nightly evaluation").click()
    assert_accessible(page)
    page.locator("form:popover-open").get_by_role("button", name="End the key").click()
    expect(page.get_by_text("1 ended")).to_be_visible()
    assert asks(server, key) == 401
