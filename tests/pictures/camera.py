"""Takes one picture: opens the page, waits until it stands still, crops, and makes the file small."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.pictures.album import Picture
from tests.pictures.png import make_small

MARGIN = 12
STILL = """() => {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    time.removeAttribute("data-ago");
    time.textContent = "1 min ago";
  }
  scrollTo(0, 0);
}"""
BOX = """([selectors, margin]) => {
  const boxes = selectors.map((each) => document.querySelector(each).getBoundingClientRect());
  const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
  const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
  const head = "body > header";
  const floor = selectors.includes(head) ? 0 : document.querySelector(head).getBoundingClientRect().bottom + 1;
  const from = Math.max(floor, top - margin);
  return { x: Math.max(0, left - margin), y: from, width: right - left + 2 * margin, height: bottom + margin - from };
}"""
SETTLES_MS = 1500


def take(page: Page, picture: Picture, *, blank: Page, url: str, folder: Path) -> int:
    """Write the picture of a page; return its size in bytes."""
    page.goto(url)
    page.wait_for_selector(picture.ready)
    page.wait_for_timeout(SETTLES_MS)
    picture.act(page)
    page.wait_for_timeout(SETTLES_MS)
    page.evaluate(STILL)
    box = page.evaluate(BOX, [list(picture.around), MARGIN])
    clip = box | {"height": min(box["height"], picture.tall)}
    shot = page.screenshot(clip=clip, full_page=True, animations="disabled", caret="hide")
    path = folder / f"{picture.name}.png"
    path.write_bytes(make_small(shot, blank=blank))
    return path.stat().st_size
