"""What was vendored is what was published, and plotly's two halves are of one version."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from plotly.offline import get_plotlyjs_version

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
ROW = re.compile(r"^\| `(?P<name>[\w.-]+)` \|.*\| `(?P<digest>[0-9a-f]{64})` \|$", re.MULTILINE)


def test_each_file_is_the_one_that_its_digest_says() -> None:
    rows = {row["name"]: row["digest"] for row in ROW.finditer((VENDOR / "README.md").read_text())}
    assert set(rows) == {path.name for path in VENDOR.glob("*.js")}
    for name, digest in rows.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_the_browser_draws_with_the_plotly_that_the_server_describes_for() -> None:
    version = get_plotlyjs_version()
    assert (VENDOR / f"plotly-{version}-strict.min.js").is_file()
    assert version in (VENDOR / "plotly.css").read_text().partition("\n")[0]
