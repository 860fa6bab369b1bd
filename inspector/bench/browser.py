"""The browser of the benches: a real Chromium, signed in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.core.management.base import CommandError

from inspector.bench.stack import Stack

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
    "--enable-precise-memory-info",
]


@contextmanager
def open_browser(stack: Stack, *, width: int = 1280, height: int = 1200) -> Iterator[Any]:
    """Yield a page of a person who is signed in. Needs the test dependencies (playwright) and Chromium."""
    try:
        sync_playwright = import_module("playwright.sync_api").sync_playwright
    except ImportError as error:
        raise CommandError("this bench drives a browser: run `make install-test` first") from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(stack.sign_in)
        yield page
        browser.close()
