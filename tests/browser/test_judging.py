"""What people say of a run, and what judges said: set, seen and followed in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Server, assert_accessible

CHIP = "[popovertarget=strategy-panel]"
PANEL = "#strategy-panel"


@pytest.fixture(scope="module")
def run_id(server: Server) -> str:
    """A finished best-of-n run of eight samples, each with a verdict."""
    return server.seed("small")


def test_a_reviewer_corrects_the_strategy_takes_it_back_and_reads_the_verdicts(
    run_id: str, open_page: Open
) -> None:
    page = open_page(f"/runs/{run_id}")
    page.locator(CHIP).click()
    panel = page.locator(PANEL)
    expect(panel).to_be_visible()
    assert_accessible(page)
    panel.locator("select").select_option("mixed")
    panel.locator("textarea").fill("samples, and a tool among them")
    panel.get_by_text("Set the strategy").click()
    expect(page.locator(CHIP)).to_contain_text("mixed")
    expect(page.locator(".meta").first).to_contain_text("samples, and a tool among them")
    page.locator(CHIP).click()
    panel.locator("textarea").fill("there was none")
    panel.get_by_text("Take back what was set").click()
    expect(page.locator(CHIP)).to_contain_text("best of n")
    page.goto(page.url + "/verdicts")
    rows = page.locator(".judged tbody tr")
    expect(rows.first).to_be_visible()
    assert_accessible(page)
    judge_the_judge(page)
    rows.first.locator(".judged__node a").first.click()
    expect(page.locator("#node-panel h3", has_text="Verdicts")).to_be_visible(timeout=30_000)


def judge_the_judge(page: Page) -> None:
    """From a verdict to its verifier, whose figures are drawn, to the nodes that a number counts, and back."""
    verdicts = page.url
    page.locator(".judged a.judged__who").first.click()
    for figure in ("reliability", "best-of-n"):
        drawn = page.locator(f"[data-chart$={figure}]")
        drawn.scroll_into_view_if_needed()
        expect(page.locator(f"[data-chart$={figure}][data-ready]")).to_be_attached(timeout=30_000)
        expect(page.locator(f"#{figure}-said")).not_to_be_empty()
    assert_accessible(page)
    page.locator("a[href*='cell=all']").first.click()
    expect(page.locator(".verifiers tbody a[href*='#node=']").first).to_be_visible()
    assert_accessible(page)
    page.goto(verdicts.split("/runs/")[0] + "/verifiers")
    expect(page.locator(".verifiers tbody tr").first).to_be_visible()
    assert_accessible(page)
    page.goto(verdicts)
