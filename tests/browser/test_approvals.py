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
    expect(elsewhere.locator("[data-badge]")).to_contain_text("1", timeout=30_000)
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
    agent.communicate(timeout=60)
    assert agent.returncode == 0
    assert not outbox.exists()


def test_what_somebody_writes_stays_and_who_was_first_is_said(
    open_page: Open, agent: subprocess.Popen[str], outbox: Path
) -> None:
    page, other = open_page("/approvals"), open_page("/approvals")
    waiting(page)
    waiting(other)
    page.keyboard.press("d")
    page.keyboard.type("I am still thinking")
    other.keyboard.press("a")
    other.keyboard.press("a")
    expect(other.get_by_text("Nothing waits for anybody.")).to_be_visible()
    expect(page.get_by_text("It was decided meanwhile.")).to_be_visible(timeout=30_000)
    expect(page.get_by_label("Why (the program is told)")).to_have_value("I am still thinking")
    agent.communicate(timeout=60)
    assert len(list(outbox.iterdir())) == 1
