"""One real server for all journeys, one browser, a page for each that fails on any complaint of the browser."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.chromium import SENTENCE, find_chromium
from tests.integration.local.instances import Instance

HERE = Path(__file__).parent
TREE = HERE.parents[1]
AXE = (HERE / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
ARGUMENTS = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    *["--disable-background-networking", "--disable-component-update"],
]
WATCH = """document.addEventListener("securitypolicyviolation", (event) => {
  (window.violations ??= []).push(`${event.violatedDirective} ${event.sourceFile} ${event.sample}`);
});"""
expect.set_options(timeout=30_000)  # the other lane works beside this one


@dataclass
class Server:
    """A running instance: its address, its environment for programs, its sign-in link."""

    instance: Instance
    env: dict[str, str]
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.env["INSPECTOR_URL"]

    def seed(self, what: str) -> str:
        """Report a run and answer its id."""
        done = subprocess.run(
            self.command(what),
            cwd=TREE,
            env=self.program_env(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        run = done.stdout.split()[-1]
        self.await_run(run)
        self.await_all()
        return run

    def start(self, what: str) -> tuple[subprocess.Popen[str], str]:
        """A program that goes on reporting, and the id of its run."""
        process = subprocess.Popen(
            self.command(what), cwd=TREE, env=self.program_env(), stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        run = process.stdout.readline().strip()
        self.await_run(run)
        return process, run

    def await_run(self, run: str, seconds: float = 60) -> None:
        """Until the run is there: its id is known to its program before anybody else."""
        self._await(f"runs/{run}", lambda _: True, seconds)

    def await_all(self, seconds: float = 60) -> None:
        """Until all that was posted is recorded: a run is there, and may say that it ended, with its first body."""
        self._await("ingest", lambda told: told["pending"] == 0, seconds)

    def _await(self, what: str, is_so: Callable[[Any], bool], seconds: float) -> None:
        key = {"Authorization": f"Bearer {self.env['INSPECTOR_KEY']}"}
        asked = urllib.request.Request(f"{self.url}/api/v1/{what}", headers=key)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(asked) as told:
                if is_so(json.load(told)):
                    return
            time.sleep(0.05)
        raise AssertionError(f"{what} did not come to it within {seconds} s")

    def command(self, what: str) -> list[str]:
        """The command that seeds."""
        return [sys.executable, "-m", "tests.browser.seed", what]

    def program_env(self) -> dict[str, str]:
        """What an instrumented program needs in its environment."""
        return {**os.environ, **self.env, "PYTHONPATH": f"{TREE}{os.pathsep}{TREE / 'sdk'}"}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """`manage.py up` on a directory of its own, as a newcomer starts it."""
    data = Path(tempfile.mkdtemp(prefix="inspector-browser-"))
    data.chmod(0o755)  # Postgres' account must be able to reach its own part of it
    instance = Instance(data).start(DEBUG="0")
    try:
        instance.await_line("ready", seconds=90)
        lines = (data / "local.env").read_text(encoding="utf-8").splitlines()
        yield Server(instance, dict(line.split("=", 1) for line in lines if "=" in line))
    finally:
        instance.stop()
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    path = find_chromium()
    assert path, SENTENCE
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def signed_in(server: Server, browser: Browser) -> dict[str, object]:
    """The cookies of the local administrator."""
    context = browser.new_context()
    context.new_page().goto(server.env["INSPECTOR_SIGN_IN"])
    state = context.storage_state()
    context.close()
    return dict(state)


@dataclass
class Complaints:
    """What the browser said against a page."""

    said: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Collect errors of script and console."""
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.said.append(f"console: {message.text} {message.location}")


Open = Callable[..., Page]


@pytest.fixture
def open_page(server: Server, browser: Browser, signed_in: dict[str, object]) -> Iterator[Open]:
    """Opens a page as the administrator, and at the end asks it for complaints."""
    contexts: list[BrowserContext] = []
    scripted: list[Page] = []
    complaints = Complaints()

    def opened(path: str = "/", *, ready: str = "html[data-ready]", **options: object) -> Page:
        script = bool(options.get("java_script_enabled", True))
        wide = {"viewport": {"width": 1440, "height": 900}, "storage_state": signed_in}
        context = browser.new_context(**{**wide, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        complaints.listen(page)
        if script:
            scripted.append(page)
            page.add_init_script(WATCH)
        page.goto(server.url + path)
        if script:
            page.wait_for_selector(ready)
        return page

    yield opened
    for page in scripted:
        complaints.said += page.evaluate("() => window.violations ?? []")
    for context in contexts:
        context.close()
    assert complaints.said == []


def assert_accessible(page: Page) -> None:
    """No violation that axe can find."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run({resultTypes: ['violations']})")["violations"]
    told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
    assert told == []
