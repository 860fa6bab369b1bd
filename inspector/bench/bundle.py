"""`bench bundle`: how fast a run becomes a bundle, in how much memory, and how fast the bundle is verified.

The export runs in a process of its own, whose memory is what Postgres and zlib leave in it: peak over what it had when
it was ready to begin. `gzip -1` packs the very bytes that the bundle holds. Verifying uses the standard library alone.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from deliberation.ids import make_run_id
from inspector.bench.child import run_alone, run_beside
from inspector.bench.door import keep_posting
from inspector.bench.ingest import Figures, ask
from inspector.bench.stack import Stack

RECORDING_SECONDS = 1_800
TEXT_CHARS = 6_000
LARGE_EVERY, LARGE_TIMES = 50, 20
SHORT_CHARS, SHORT_MB, SHORT_TIMES = 100, 4, 3
EVENTS_AT_ONCE = 1_000
POOL_WORDS = 200_000
"""From which texts are cut: so many that none stands within the window of deflate before itself."""
MB = 1_000_000
WORDS = [
    "branch",
    "value",
    "because",
    "therefore",
    "prune",
    "verify",
    "Schritt",
    "größer",
    "0.25",
    "x",
    "=",
    "{",
    "}",
]

EXPORT = """
import time, uuid
from django.utils.timezone import now
from traces.actions.write_run import write_run
from traces.audit.export_options import ExportOptions
from traces.models import Run
from traces.queries.signer import the_signer
Run.objects.count()
def memory(what):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(what))
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")  # the peak begins anew: a child has that of whoever started it
options = ExportOptions(signed=False, derived=sys.argv[3] == "derived")
idle, began, worked = memory("VmRSS"), time.monotonic(), time.process_time()
with open(sys.argv[2], "w+b") as out:
    write_run(out, run_id=uuid.UUID(sys.argv[1]), options=options, signer=the_signer(), made_at=now(),
        tell=lambda done, entries: None)
seconds, cpu_seconds = time.monotonic() - began, time.process_time() - worked
print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "peak": memory("VmHWM") - idle}))
"""
VERIFY = """
import sys, time
sys.path.insert(0, "sdk")
from deliberation.bundle.verify import verify
if {"orjson", "cryptography"} & set(sys.modules):
    raise SystemExit("more than the standard library is there")
began = time.monotonic(), time.process_time()
with open(sys.argv[1], "rb") as file:
    report = verify(file)
print(report.verdict.name, report.runs[0].size, time.monotonic() - began[0], time.process_time() - began[1])
"""


def bench_bundle(stack: Stack, *, megabytes: int) -> Figures:
    """Return the figures of a run with so many MB of texts."""
    run = _record(stack, megabytes * MB, TEXT_CHARS)
    short_run = _record(stack, SHORT_MB * MB, SHORT_CHARS)
    with tempfile.TemporaryDirectory(prefix="inspector-bundle-") as folder:
        bare, whole = Path(folder) / "bare.zip", Path(folder) / "whole.zip"
        _export(stack, short_run, whole, "derived")
        short = min((_verify(whole) for _ in range(SHORT_TIMES)), key=lambda each: each.seconds)
        told, derived = _export(stack, run, bare, "bare"), _export(stack, run, whole, "derived")
        gzip, size = _gzip(bare, Path(folder))
        long = _verify(bare)
    return {
        "run_mb": round(size / MB),
        "entries": long.entries,
        "export_mb_per_second": round(size / MB / told["seconds"], 1),
        "gzip_1_mb_per_second": round(size / MB / gzip["seconds"], 1),
        "export_against_gzip_1": round(gzip["seconds"] / told["seconds"], 2),
        "export_against_gzip_1_of_cpu": round(gzip["cpu_seconds"] / told["cpu_seconds"], 2),
        "peak_over_idle_mb": round(told["peak"] / MB, 1),
        "derived_seconds": round(derived["seconds"] - told["seconds"], 2),
        "derived_peak_over_idle_mb": round(derived["peak"] / MB, 1),
        "verdict": " ".join(sorted({long.verdict, short.verdict})),
        "verified_entries_per_second": round(long.entries / long.seconds),
        "verified_mb_per_second": round(size / MB / long.seconds, 1),
        "short_entries": short.entries,
        "verified_short_entries_per_second": round(short.entries / short.seconds),
        "verified_short_entries_per_cpu_second": round(short.entries / short.cpu_seconds),
    }


def _record(stack: Stack, size: int, chars: int) -> str:
    run = make_run_id(time.time_ns(), os.urandom)
    rest = _events(run, size, chars)
    keep_posting(stack, iter(lambda: list(islice(rest, EVENTS_AT_ONCE)), []))
    deadline = time.monotonic() + RECORDING_SECONDS
    while ask(stack, "/api/v1/ingest")["pending"]:
        if time.monotonic() > deadline:
            raise RuntimeError("the run was not recorded in time")
        time.sleep(0.2)
    return run


def _events(run: str, size: int, chars: int) -> Iterator[dict[str, Any]]:
    """Yield a run of so many bytes of text: most of about so many characters, a few of twenty times as many."""
    chance = random.Random(run)
    words = " ".join(f"{chance.choice(WORDS)} {chance.random():.3f}" for _ in range(POOL_WORDS))
    base = {"v": 1, "run": run}
    yield {**base, "kind": "run.started", "key": "s", "name": "bench", "strategy": "mcts"}
    told, number = 0, 0
    while told < size:
        length = chars * (LARGE_TIMES if number % LARGE_EVERY == 0 else 1)
        at = chance.randrange(len(words) - length)
        text = f"{number} {words[at : at + length]}"
        node = {"node": f"n{number}", "parent": f"n{(number - 1) // 8}" if number else None}
        yield {
            **base,
            **node,
            "kind": "node.observed",
            "key": f"o{number}",
            "node_kind": "expansion",
            "text": text,
        }
        told, number = told + len(text.encode()), number + 1
    yield {**base, "kind": "run.ended", "key": "e", "state": "completed", "answer": "done"}


def _export(stack: Stack, run: str, path: Path, what: str) -> dict[str, float]:
    found: dict[str, float] = run_beside(stack, EXPORT, run, str(path), what, data_dir=path.parent)
    return found


def _gzip(bundle: Path, folder: Path) -> tuple[dict[str, float], int]:
    """Return how long `gzip -1` takes over what is in a bundle, as `_export` says it, and how much that is."""
    plain = folder / "plain"
    with zipfile.ZipFile(bundle) as archive, plain.open("wb") as out:
        for name in archive.namelist():
            with archive.open(name) as file:
                while portion := file.read(1 << 20):
                    out.write(portion)
    began, worked = time.monotonic(), _cpu_of_children()
    with plain.open("rb") as source:
        subprocess.run(["gzip", "-1", "-c"], stdin=source, stdout=subprocess.DEVNULL, check=True)
    seconds, cpu_seconds = time.monotonic() - began, _cpu_of_children() - worked
    return {"seconds": seconds, "cpu_seconds": cpu_seconds}, plain.stat().st_size


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class _Verified:
    verdict: str
    entries: int
    seconds: float
    cpu_seconds: float


def _verify(bundle: Path) -> _Verified:
    # -I -S: no site-packages and no PYTHONPATH, so neither orjson nor cryptography is there.
    said = run_alone(["-I", "-S", "-c", VERIFY, str(bundle)])
    verdict, entries, seconds, cpu_seconds = said.split()
    return _Verified(verdict, int(entries), float(seconds), float(cpu_seconds))
