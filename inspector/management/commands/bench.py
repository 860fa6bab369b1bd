"""`manage.py bench [ingest|live|control|runs|tree|bundle …] [--json]`: measure the hot paths, on an own inspector."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inspector.bench.bundle import bench_bundle
from inspector.bench.control import bench_control
from inspector.bench.ingest import bench_ingest
from inspector.bench.live import bench_live
from inspector.bench.runs import bench_runs
from inspector.bench.stack import Stack, run_stack
from inspector.bench.tree import bench_tree

BENCHES: dict[str, Callable[[Stack, dict[str, Any]], Any]] = {
    "ingest": lambda stack, options: bench_ingest(stack, bodies=options["bodies"]),
    "live": lambda stack, _: bench_live(stack),
    "control": lambda stack, _: bench_control(stack),
    "runs": lambda stack, _: bench_runs(stack),
    "tree": lambda stack, options: bench_tree(stack, nodes=options["nodes"]),
    "bundle": lambda stack, options: bench_bundle(stack, megabytes=options["megabytes"]),
}
DEFAULT_BODIES = 200
DEFAULT_MEGABYTES = 1_000
DEFAULT_NODES = 100_000


class Command(BaseCommand):
    """Starts an inspector on a free port, loads it, prints figures. Loopback only, bounded, self-cleaning."""

    help = "Measure the hot paths; each figure is of this machine, now."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the names of benches."""
        parser.add_argument("name", nargs="*", choices=[*BENCHES, []], default=[])
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--bodies", type=int, default=DEFAULT_BODIES, help="bodies of 512 spans"
        )
        parser.add_argument(
            "--nodes", type=int, default=DEFAULT_NODES, help="of the larger of the two trees"
        )
        parser.add_argument(
            "--megabytes", type=int, default=DEFAULT_MEGABYTES, help="of the run that is exported"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the benches asked for, all of them by default."""
        names = options["name"] or BENCHES
        with run_stack() as stack:
            figures = {name: BENCHES[name](stack, options) for name in names}
        figures["machine"] = {"python": platform.python_version(), "processor": platform.machine()}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, values in figures.items():
            self.stdout.write(name)
            for key, value in values.items():
                self.stdout.write(f"  {key:<24} {value}")
