"""Ctrl-C at a terminal stops everything, and make sees a command that succeeded."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.integration.local.instances import GIVEN, TREE, await_none, free_port, open_directory


def test_ctrl_c_under_make_exits_with_zero() -> None:
    with open_directory() as place:
        press_ctrl_c(place)


def press_ctrl_c(place: Path) -> None:
    makefile = place / "Makefile"
    makefile.write_text(f"run:\n\t@cd {TREE} && exec {sys.executable} manage.py up\n")
    data_dir = place / "data"
    pid, terminal = pty.fork()
    if pid == 0:
        given = {name: value for name, value in os.environ.items() if name not in GIVEN}
        mine = {"DATA_DIR": str(data_dir), "PORT": str(free_port()), "DEMO": "0", "WORKERS": "1"}
        os.execvpe("make", ["make", "-f", str(makefile), "run"], given | mine)
    try:
        read_until(terminal, b"ready http")
        os.write(terminal, b"\x03")
        read_until(terminal, b"Stopped")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    finally:
        os.close(terminal)
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    await_none(data_dir)


def read_until(terminal: int, text: bytes) -> None:
    seen, deadline = b"", time.monotonic() + 120
    while text not in seen:
        left = deadline - time.monotonic()
        assert left > 0, seen
        assert select.select([terminal], [], [], left)[0], seen
        seen += os.read(terminal, 4096)
