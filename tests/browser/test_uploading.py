"""Somebody brings files, in a real browser, and finds the runs that came out of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, assert_accessible

TABLE = "task_id,sample,passed,gen_tests_passed,gen_tests_total,behaviour_cluster\n"
STATE = ".import-state .chip"
SECONDS = 20_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log of two samples, its table of results beside it, and a file that is neither."""
    found = tmp_path / "brought"
    found.mkdir()
    task = {"prompt": f"def {tmp_path.name}():\n", "samples": ["    return 1", "    return 2"]}
    (found / "samples.jsonl").write_text(json.dumps(task))
    (found / "DERIVED_sample_results.csv").write_text(f"{TABLE}T/0,0,1,5,5,0\nT/0,1,0,2,5,1\n")
    (found / "README").write_text("read me")
    return found


def send(page: Page) -> None:
    """As a person does who uses the keyboard."""
    page.get_by_role("button", name="Import", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(STATE)).to_be_visible()


def test_a_folder_becomes_runs_and_the_page_says_what_it_did(folder: Path, open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Import").click()
    expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Or a folder").set_input_files(folder)
    send(page)
    assert_accessible(page)
    expect(page.locator(STATE)).to_have_text("done", timeout=SECONDS)
    expect(page.locator(".import-state")).to_contain_text("1 run from 3 files")
    expect(page.locator(".sentences").first).to_contain_text("the model is not known")
    expect(page.locator(".sentences").last).to_contain_text("brought/README is in no format")
    assert_accessible(page)
    page.get_by_role("link", name="task/0").click()
    expect(page.locator("#run-name")).to_have_text("task/0")
    expect(page.locator("#candidates")).to_contain_text("2 candidates in 2 clusters")


def test_a_file_that_is_nothing_or_too_much_is_told_in_a_sentence(
    folder: Path, tmp_path: Path, open_page: Open
) -> None:
    page = open_page("/import", viewport={"width": 360, "height": 780}, color_scheme="dark")
    assert_nothing_wide(page)
    send_nothing = page.get_by_role("button", name="Import", exact=True)
    send_nothing.click()
    expect(page.get_by_role("alert")).to_have_text("No file was chosen.")
    page.get_by_label("Files").set_input_files(folder / "README")
    send(page)
    expect(page.locator(STATE)).to_have_text("failed", timeout=SECONDS)
    expect(page.locator(".errors")).to_contain_text("README is in no format")
    assert_accessible(page)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Import").click()
    expect(page.locator("tbody tr").first).to_contain_text("README")
    assert_nothing_wide(page)
    page.locator("html[data-ready]").wait_for()
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    page.get_by_label("Files").set_input_files(large)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("65.1 MiB together, and 64 MiB is the most")
    assert page.url.endswith("/import")
    assert_accessible(page)


def assert_nothing_wide(page: Page) -> None:
    assert page.evaluate("() => document.documentElement.scrollWidth") == 360
