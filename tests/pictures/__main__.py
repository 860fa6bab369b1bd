"""`python -m tests.pictures [--only NAME …]`: take the pictures of the documentation again (`make pictures`).

Starts an inspector with its demo on a free port, in a directory of its own, and a Chromium. The same pages give the
same pictures, but for ids, and for how long the runs took.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from inspector.bench.stack import Stack, run_stack
from tests.chromium import SENTENCE, find_chromium
from tests.pictures.album import ALBUM, RUNS, Picture
from tests.pictures.camera import take

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SIZE = {"width": 1280, "height": 1000}
DEMO_SECONDS = 180


def main() -> None:
    """Take those that are asked for, else all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[each.name for each in ALBUM], default=[])
    only = parser.parse_args().only
    chromium = find_chromium()
    if not chromium:
        sys.exit(SENTENCE)
    FOLDER.mkdir(exist_ok=True)
    pictures = [each for each in ALBUM if not only or each.name in only]
    with run_stack(demo=True) as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport=SIZE, color_scheme="light", reduced_motion="reduce", locale="en-US"
        )
        take_all(page, browser.new_page(), pictures, stack)
        browser.close()


def take_all(page: Page, blank: Page, pictures: list[Picture], stack: Stack) -> None:
    """Take pictures of an inspector while its demo is played; `blank` is a page that goes nowhere."""
    home = f"http://{stack.host}:{stack.port}"
    runs = await_runs(home, stack.key)
    page.goto(stack.sign_in)
    for picture in pictures:
        size = take(
            page, picture, blank=blank, url=home + picture.path.format(**runs), folder=FOLDER
        )
        print(f"{picture.name:<12} {size / 1000:6.0f} kB", flush=True)


def await_runs(home: str, key: str) -> dict[str, str]:
    """Return the ids of the runs that are shown, once all have ended."""
    asked = urllib.request.Request(
        f"{home}/api/v1/runs?limit=50", headers={"Authorization": f"Bearer {key}"}
    )
    deadline = time.monotonic() + DEMO_SECONDS
    while time.monotonic() < deadline:
        with urllib.request.urlopen(asked) as answer:
            ended = {
                run["name"]: run["id"] for run in json.load(answer)["items"] if run["ended_at"]
            }
        if ended.keys() >= set(RUNS.values()):
            return {word: ended[name] for word, name in RUNS.items()}
        time.sleep(1)
    raise SystemExit(f"the demo did not come to {sorted(set(RUNS.values()) - ended.keys())}")


if __name__ == "__main__":
    main()
