"""Traces of any client, in a real browser: begun and not ended, without a root, of one conversation, linked."""

from __future__ import annotations

import json
import time
import urllib.request
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Server, assert_accessible
from tests.integration.otlp import CHILD, OTHER, ROOT, span, traces
from tests.integration.pages.test_pending import ANNOUNCED, ENDED

TREE = "[data-tree][data-ready]"
NARROW = {"viewport": {"width": 360, "height": 780}}
DARK = {"color_scheme": "dark"}
_traces = count(time.time_ns())


class Client:
    """An exporter of some trace, and a reader of the API."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.trace = f"{next(_traces):032x}"

    def export(self, *spans: dict[str, Any]) -> None:
        """Post spans as of this client's trace."""
        body = traces(*({**each, "traceId": self.trace} for each in spans)).body
        self._ask("/v1/traces", body)

    def run(self, nodes: int, seconds: float = 60) -> str:
        """The run's id, when so many nodes of it are recorded."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self._ask(f"/api/v1/runs?trace_id={self.trace}")["items"]
            if found and found[0]["counts"]["nodes"] >= nodes:
                return str(found[0]["id"])
            time.sleep(0.1)
        raise AssertionError(f"{self.trace} was not recorded within {seconds} s")

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        headers = {
            "Authorization": f"Bearer {self.server.env['INSPECTOR_KEY']}",
            "Content-Type": "application/json",
        }
        asked = urllib.request.Request(self.server.url + path, body, headers)
        with urllib.request.urlopen(asked) as answer:
            return json.loads(answer.read() or b"{}")


@pytest.fixture
def client(server: Server) -> Client:
    return Client(server)


def row(page: Page, text: str) -> Any:
    return page.locator("[data-tree] [role=row]:not([hidden])").filter(has_text=text)


def assert_fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_what_is_announced_runs_before_the_eye_and_ends_there(
    client: Client, open_page: Open
) -> None:
    client.export(*ANNOUNCED)
    page = open_page(f"/runs/{client.run(2)}", ready=TREE)
    expect(row(page, "think")).to_have_class("row row--open row--running")
    expect(page.locator("#runs-header .chip").first).to_have_text("running")
    count_before = page.locator("[data-part=grid]").get_attribute("aria-rowcount")
    page.evaluate("window.sameDocument = true")

    # What told no end is at work no more when its run is over.
    client.export(ENDED[1])
    expect(row(page, "think")).to_have_class("row row--open", timeout=30_000)
    expect(page.locator("#runs-header .chip").first).to_have_text("completed")
    expect(page.locator("[data-part=grid]")).to_have_attribute("aria-rowcount", str(count_before))
    assert page.evaluate("window.sameDocument"), "by a poke, not by another visit"


def test_a_root_that_lacks_is_a_line_that_the_keys_reach_and_that_goes_when_it_comes(
    client: Client, open_page: Open
) -> None:
    client.export(span(CHILD, ROOT, name="inner"), span(OTHER, CHILD, name="leaf"))
    page = open_page(f"/runs/{client.run(2)}", ready=TREE)
    line = row(page, "root not received")
    expect(line).to_have_attribute("aria-level", "1")
    expect(row(page, "inner")).to_have_attribute("aria-level", "2")
    expect(page.locator("[data-part=tally]")).to_have_text("2 nodes")
    line.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(line).to_be_focused()
    expect(page.locator("#node-panel")).to_contain_text(ROOT)
    assert_accessible(page)
    page.keyboard.press("ArrowLeft")
    expect(row(page, "inner")).to_have_count(0)
    page.keyboard.press("ArrowRight")

    client.export(span(ROOT, name="asked"))
    expect(row(page, "asked")).to_have_attribute("aria-level", "1", timeout=30_000)
    expect(row(page, "inner")).to_have_attribute("aria-level", "2")
    expect(line).to_have_count(0)
    expect(page.locator("#run-name")).to_have_text("asked")


def test_a_session_is_read_from_its_first_run_to_its_last(
    client: Client, open_page: Open, server: Server
) -> None:
    session = f"conversation {client.trace}"
    said = {"attributes": {"gen_ai.conversation.id": session}}
    client.export(span(CHILD, ROOT, **said), span(ROOT, name="first"))
    page = open_page(f"/runs/{client.run(2)}", ready=TREE, **DARK)
    page.locator("#runs-header").get_by_role("link", name=session).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Session {session}")
    expect(page.locator(".turn")).to_have_count(1)
    assert_accessible(page)
    assert_fits(page)

    later = Client(server)
    later.export(span(ROOT, name="second", **said))
    expect(page.locator(".turn")).to_have_count(2, timeout=30_000)
    page.locator(".turn").nth(0).get_by_role("link").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#run-name")).to_have_text("second")


def test_a_link_leads_to_the_other_run_and_back(
    client: Client, open_page: Open, server: Server
) -> None:
    client.export(span(ROOT, name="asked"), span(CHILD, ROOT, name="target"))
    other = Client(server)
    client.run(2)
    other.export(span(ROOT, name="follows", links=[(client.trace, CHILD), ("9" * 32, CHILD)]))
    page = open_page(f"/runs/{other.run(1)}", ready=TREE, **NARROW)
    header = page.locator("#runs-header")
    expect(header).to_contain_text("not received here")
    assert_accessible(page)
    assert_fits(page)
    row(page, "follows").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#node-panel").get_by_role("link", name="asked").click()
    expect(page.locator("#run-name")).to_have_text("asked")
    expect(page.locator("#node-panel h2")).to_have_text("target")
    page.locator("#runs-header").get_by_role("link", name="follows").click()
    expect(page.locator("#run-name")).to_have_text("follows")
