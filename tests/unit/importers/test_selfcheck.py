"""The selfcheck's parts: what it compares, how it judges an expression, and what it takes from a download."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ingest.selfcheck.check import PARTS, check
from ingest.selfcheck.download import NotFetched, download
from ingest.selfcheck.game24 import solves
from ingest.selfcheck.judge import Status, is_same, judge
from ingest.selfcheck.logs import LOGS, Log
from traces.analytics.undefined import Undefined

BODY = b"a public log"


@pytest.fixture
def host() -> Iterator[str]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = "missing" not in self.path
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(BODY if found else b"")

        def log_message(self, *args: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


LOG = Log("folder/log.json", hashlib.sha256(BODY).hexdigest(), "owner/name", "0" * 40, "log.json")


def test_it_works(tmp_path: Path, host: str) -> None:
    path = download(LOG, tmp_path, host)
    assert path == tmp_path / "folder" / "log.json"
    assert path.read_bytes() == BODY
    assert [each.name for each in path.parent.iterdir()] == ["log.json"]


def test_another_file_under_the_same_address_is_thrown_away(tmp_path: Path, host: str) -> None:
    with pytest.raises(NotFetched, match="another file"):
        download(replace(LOG, sha256="0" * 64), tmp_path, host)
    with pytest.raises(NotFetched, match="404"):
        download(replace(LOG, path="missing.json"), tmp_path, host)
    with pytest.raises(NotFetched, match="no repository"):
        download(replace(LOG, repository=None), tmp_path, host)
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Answer: (10 - 4) * (5 - 1) = 24", True),
        ("(10 - 4) * (5 - 1)", True),
        ("(10 - 4) * 4 = 24", False),  # 4 twice, 5 and 1 never
        ("10 + 4 + 5 + 1 = 20", False),
        ("10 / (5 - 4 - 1)", False),  # divides by nothing
        ("10 ** 4 ** 5 ** 1", False),
        ("__import__('os').system('10 4 5 1')", False),
        ("(" * 150 + "10451", False),
        ("", False),
    ],
)
def test_an_expression_is_right_when_it_uses_each_number_once_and_comes_to_24(
    answer: str, expected: bool
) -> None:
    assert solves(answer, "1 4 5 10") is expected


def test_a_figure_stands_to_what_was_published_in_one_of_four_ways() -> None:
    figures = {
        "tau_airline.passhat.1": 0.4201,
        "tau_airline.passhat.2": 0.5,
        "tot_game24.tot_b5.success_any": 0.69,
        "nobody.printed": 1,
        "recomputed": Decimal("74.509620000"),
        "nothing": Undefined.NO_SAMPLES,
    }
    found = judge(figures, {"recomputed": 74.50962, "nothing": 0.0})
    assert {each.name: each.status for each in found} == {
        "tau_airline.passhat.1": Status.AGREES,
        "tau_airline.passhat.2": Status.OFF,
        "tot_game24.tot_b5.success_any": Status.EXPLAINED,
        "nobody.printed": Status.ALONE,
        "recomputed": Status.AGREES,
        "nothing": Status.OFF,
    }
    told = {each.name: each.as_json() for each in found}
    assert told["recomputed"]["ours"] == "74.50962"
    assert (told["nothing"]["ours"], told["nothing"]["undefined"]) == (None, "no_samples")


def test_money_is_compared_exactly_and_rates_to_the_tolerance() -> None:
    assert not is_same(Decimal("74.509621"), 74.50962, 0.0)
    assert is_same(0.27333, 0.273, 0.0005)
    assert not is_same(0.27333, 0.273, 0.0001)
    assert is_same([1, 0.5], [1, 0.5], 0)
    assert not is_same([1], [1, 2], 0)
    assert not is_same(Undefined.NO_SAMPLES, 0, 1)
    assert not is_same(None, 0, 1)


def test_logs_that_are_not_there_are_told_and_not_taken_for_nothing(tmp_path: Path) -> None:
    found = check(tmp_path, lambda name: None)
    assert (found.figures, found.troubles) == ([], [])
    assert set(found.absent) == {each.name for each in LOGS}


def test_a_file_that_is_none_of_the_published_ones_is_a_trouble_and_no_crash(
    tmp_path: Path,
) -> None:
    for part in PARTS:
        for log in part.files:
            path = tmp_path / log.name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b'{"question": 1, "turns": []}\n')
    (tmp_path / "GROUND_TRUTH.json").write_bytes(b"[[[")
    found = check(tmp_path, lambda name: None)
    assert found.absent == []
    assert len(found.troubles) > len(PARTS)
    assert "GROUND_TRUTH.json cannot be read" in found.troubles[0]
