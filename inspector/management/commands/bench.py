"""`manage.py bench [ingest|live|control …] [--json]`: measure the hot paths on a whole inspector of its own."""

from __future__ import annotations

import json
import platform
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inspector.bench.control import bench_control
from inspector.bench.ingest import bench_ingest
from inspector.bench.live import bench_live
from inspector.bench.stack import Stack, run_stack

BENCHES = ("ingest", "live", "control")
DEFAULT_BODIES = 200


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

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the benches asked for, all of them by default."""
        names = options["name"] or BENCHES
        with run_stack() as stack:
            figures = {name: self._measure(name, stack, options["bodies"]) for name in names}
        figures["machine"] = {"python": platform.python_version(), "processor": platform.machine()}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, values in figures.items():
            self.stdout.write(name)
            for key, value in values.items():
                self.stdout.write(f"  {key:<24} {value}")

    def _measure(self, name: str, stack: Stack, bodies: int) -> dict[str, Any]:
        if name == "ingest":
            return bench_ingest(stack, bodies=bodies)
        return bench_control(stack) if name == "control" else bench_live(stack)
