"""A run waits at its limit and is given more: in a real browser, with a real program, and its project's policies."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Server, assert_accessible

COST = "#budget-usd"
PATIENCE = 30_000
BUDGETS = "form[action$='/policies/budgets']"

Program = tuple[subprocess.Popen[str], str]


@pytest.fixture
def spending(server: Server) -> Iterator[Program]:
    """A program that spends a cent at a time and waits at ten, and the id of its run."""
    process, run = server.start("spending")
    with process:
        yield process, run
        process.terminate()


def spent(page: Page) -> int:
    """What the meter of cost says, in percent."""
    return int(page.locator(f"{COST} [role=meter]").get_attribute("aria-valuenow") or -1)


def waits_at_its_limit(page: Page) -> None:
    """Until the page says, by itself, that the run is held there."""
    expect(page.locator(COST)).to_contain_text("$0.10 of $0.10", timeout=PATIENCE)
    expect(page.locator("#control")).to_contain_text("held by the limit of cost", timeout=PATIENCE)


def test_a_raise_by_keyboard_lets_the_run_go_on_and_its_bar_moves_by_itself(
    spending: Program, open_page: Open
) -> None:
    _, run = spending
    page = open_page(f"/runs/{run}")
    waits_at_its_limit(page)
    assert spent(page) == 100
    expect(page.locator(COST)).to_contain_text("limit reached")
    assert_accessible(page)
    page.locator(f"{COST} .budget__raise").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Change what this run may spend?")
    expect(dialog).to_contain_text("Spending run")
    expect(dialog.get_by_label("What is limited")).to_have_value("usd")
    expect(dialog.get_by_label("New hard limit")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type("0.25")
    dialog.get_by_label("Why").focus()
    page.keyboard.type("it is nearly there")
    page.keyboard.press("Enter")
    expect(page.locator(COST)).to_contain_text("version 2")
    expect(page.locator(COST)).to_contain_text("it is nearly there")
    meter = page.locator(f"{COST} [role=meter]")
    expect(page.locator(COST)).to_contain_text("$0.25 of $0.25", timeout=PATIENCE)
    expect(meter).to_have_attribute("aria-valuenow", "100")
    expect(page.locator(".control__hits")).to_contain_text("lifted by user:admin")
    assert_accessible(page)
    raise_without_script_and_on_a_phone(spending, open_page)


def raise_without_script_and_on_a_phone(spending: Program, open_page: Open) -> None:
    program, run = spending
    phone = {"width": 360, "height": 780}
    watched = open_page(f"/runs/{run}", viewport=phone, color_scheme="dark")
    expect(watched.locator(COST)).to_contain_text("$0.25 of $0.25")
    assert watched.evaluate("() => document.documentElement.scrollWidth") == 360
    assert_accessible(watched)
    page = open_page(f"/runs/{run}", java_script_enabled=False, viewport=phone)
    page.locator(f"{COST} .budget__raise").click()
    page.get_by_label("New hard limit").fill("1")
    page.get_by_label("Why").fill("enough for all of it")
    page.get_by_role("button", name="Set the limit").click()
    expect(page.locator(COST)).to_contain_text("of $1.00")
    assert program.wait(timeout=60) == 0
    expect(watched.locator("#runs-header")).to_contain_text("completed", timeout=PATIENCE)


def test_a_policy_limits_the_runs_that_come_after_it(server: Server, open_page: Open) -> None:
    page = open_page("/policies")
    assert_accessible(page)
    form = page.locator(BUDGETS)
    form.get_by_label("Name of the policy").fill("few-calls")
    form.get_by_label("Strategy").select_option("best_of_n")
    calls = form.get_by_role("textbox", name="Hard limit of model calls")
    calls.fill("500")
    calls.press("Enter")
    expect(page.locator("#budgets tbody")).to_contain_text("model calls stops at 500")
    assert_accessible(page)
    process, run = server.start("spending")
    with process:
        seen = open_page(f"/runs/{run}")
        expect(seen.locator("#budget-model_calls")).to_contain_text(
            "by the policy few-calls@1", timeout=PATIENCE
        )
        process.terminate()
    page.get_by_role("button", name="End few-calls").click()
    expect(page.get_by_text("Runs that have them keep them")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="End the policy").click()
    expect(page.get_by_text("few-calls: ended")).to_be_visible()
