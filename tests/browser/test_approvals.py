"""An agent waits for a person: in a real browser, with the real agent and a real server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TREE, Open, Server, assert_accessible

AGENT = TREE / "sdk" / "examples" / "agent.py"
ITEM = "[data-approval]"


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def agent(server: Server, outbox: Path) -> Iterator[subprocess.Popen[str]]:
    """The example, which comes to its mail at full speed."""
    process = subprocess.Popen(
        [sys.executable, str(AGENT), "--outbox", str(outbox)],
        env=server.program_env(),
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.terminate()


def waiting(page: Page) -> None:
    """Until the queue shows the mail, by itself."""
    expect(page.locator(ITEM)).to_have_count(1, timeout=30_000)
    expect(page.locator(ITEM)).to_contain_text("send_email")


def test_alice_refuses_a_mail_and_it_is_not_sent(
    open_page: Open, agent: subprocess.Popen[str], outbox: Path
) -> None:
    elsewhere = open_page("/import")
    page = open_page("/approvals")
    waiting(page)
    expect(elsewhere.locator("[data-badge]")).to_contain_text("1", timeout=12_000)
    assert_accessible(page)
    page.keyboard.press("a")
    expect(page.locator(ITEM)).to_be_focused()
    expect(page.locator(".approval__action")).to_contain_text("treasurer@example.org")
    assert_accessible(page)
    page.keyboard.press("d")
    page.keyboard.type("Not to them.")
    page.keyboard.press("Enter")  # decides nothing
    expect(page.locator(ITEM)).to_be_visible()
    page.get_by_role("button", name="Refuse", exact=True).click()
    expect(page.get_by_text("Nothing waits for anybody.")).to_be_visible()
    expect(page.locator("[data-approvals-lately]")).to_contain_text("Not to them.")
    assert_accessible(page)
    agent.communicate(timeout=30)
    assert agent.returncode == 0
    assert not outbox.exists()


def test_the_second_a_approves_and_the_mail_is_sent(
    open_page: Open, agent: subprocess.Popen[str], outbox: Path
) -> None:
    page = open_page("/approvals")
    waiting(page)
    page.keyboard.press("a")
    expect(page.locator(".approval__action")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing waits for anybody.")).to_be_visible()
    agent.communicate(timeout=30)
    assert len(list(outbox.iterdir())) == 1


def test_without_script_the_same_form_decides(
    open_page: Open, agent: subprocess.Popen[str], outbox: Path
) -> None:
    waiting(open_page("/approvals"))
    page = open_page("/approvals", java_script_enabled=False)
    page.locator(".approval__more > summary").click()
    page.get_by_label("Why (the program is told)").fill("No.")
    page.get_by_role("button", name="Refuse", exact=True).click()
    expect(page.get_by_text("Nothing waits for anybody.")).to_be_visible()
    agent.communicate(timeout=30)
    assert not outbox.exists()


def test_what_somebody_writes_stays_and_who_was_first_is_said(
    server: Server, open_page: Open, agent: subprocess.Popen[str]
) -> None:
    page, other = open_page("/approvals"), open_page("/approvals")
    waiting(page)
    waiting(other)
    page.keyboard.press("d")
    page.keyboard.type("I am still thinking")
    other.keyboard.press("a")
    other.keyboard.press("a")
    expect(other.get_by_text("Nothing waits for anybody.")).to_be_visible()
    expect(page.get_by_text("It was decided meanwhile.")).to_be_visible(timeout=12_000)
    expect(page.get_by_label("Why (the program is told)")).to_have_value("I am still thinking")
    agent.communicate(timeout=30)


COUNT = """() => ["poke", "approvals"].forEach((name) => document.body.addEventListener(name, () => {
  document.body.dataset[`${name}Heard`] = 1 + Number(document.body.dataset[`${name}Heard`] ?? 0); }))"""


def test_a_page_counts_what_waits_anew_only_when_that_changed(
    server: Server, open_page: Open, request: pytest.FixtureRequest
) -> None:
    page = open_page("/")
    expect(page.locator("[data-live-mark][data-state=live]")).to_be_visible()
    page.evaluate(COUNT)
    process, _ = server.start("growing")
    with process:
        expect(page.locator("body[data-poke-heard='4']")).to_be_attached(timeout=20_000)
        process.terminate()
    expect(page.locator("body[data-approvals-heard]")).to_have_count(0)
    agent = request.getfixturevalue("agent")
    expect(page.locator("body[data-approvals-heard]")).to_be_attached(timeout=30_000)
    queue = open_page("/approvals")
    waiting(queue)
    queue.keyboard.press("a")
    queue.keyboard.press("a")
    agent.communicate(timeout=30)
