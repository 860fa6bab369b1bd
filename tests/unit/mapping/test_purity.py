"""The way from bytes to events needs no framework."""

from __future__ import annotations

import subprocess
import sys


def test_wire_mapping_and_pricing_import_no_django() -> None:
    code = (
        "import sys; sys.path[:0] = ['.', 'sdk'];"
        "import ingest.mapping, ingest.wire.otlp, ingest.wire.native;"
        "import traces.conversation, traces.pricing;"
        "sys.exit(any(name.partition('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
