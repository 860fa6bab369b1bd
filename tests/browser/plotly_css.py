"""The style sheet that plotly.js injects, read out of a real page.

Under `style-src 'self'` the injected `<style>` is refused and charts lose their layout, so the same rules
are served from `static/vendor/plotly.css`. After an upgrade of plotly run
`python -m tests.browser.plotly_css` to write it again; a browser test compares the two.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
BUNDLE = VENDOR / "plotly-4.1.1-strict.min.js"
SHEET = VENDOR / "plotly.css"
HEAD = "/* Read out of plotly.js {version} by tests/browser/plotly_css.py. Do not edit. */\n"
READ = """() => ({
  version: Plotly.version,
  rules: [...document.getElementById("plotly.js-style-global").sheet.cssRules]
    .map((rule) => rule.cssText),
})"""


def injected(browser: Browser) -> str:
    """The rules as one text, in the order of the sheet, which decides between equals, with their version on top."""
    page = browser.new_page()
    try:
        page.goto("about:blank")
        page.add_script_tag(path=str(BUNDLE))
        found = page.evaluate(READ)
    finally:
        page.close()
    return HEAD.format(version=found["version"]) + "\n".join(found["rules"]) + "\n"


def main() -> None:
    """Write the sheet again."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        SHEET.write_text(injected(browser), encoding="utf-8")
        browser.close()


if __name__ == "__main__":
    main()
