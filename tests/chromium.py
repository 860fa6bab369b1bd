"""Finds the Chromium that browser tests drive; `python -m tests.chromium` also tries to get one.

CI must never skip browser tests in silence, so none found is an error, in one sentence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
SENTENCE = "No Chromium was found: install one (Debian: apt install chromium), or set CHROMIUM to its path."


def find_chromium() -> str | None:
    """$CHROMIUM, else one on the PATH, else the one that Playwright has downloaded."""
    if given := os.environ.get("CHROMIUM"):
        return given if os.access(given, os.X_OK) else None
    for name in NAMES:
        if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin"):
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    return next((str(path) for path in sorted(cache.glob("chromium-*/chrome-linux*/chrome"))), None)


def get_chromium() -> None:
    """Installs one: from the distribution when we are root, else Playwright's."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Chromium was found; installing the distribution's …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    else:
        print("No Chromium was found; fetching Playwright's …", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if not find_chromium():
        get_chromium()
    if not find_chromium():
        sys.exit(SENTENCE)
