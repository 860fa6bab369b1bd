"""The terminal, lent to the command: only the group in the foreground may read from it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from deliberation.supervisor.process import Process


@contextmanager
def lent_terminal(process: Process) -> Iterator[None]:
    """Put the command into the foreground, if we are; take the terminal back at the end."""
    try:
        descriptor = sys.stdin.fileno()
        is_ours = os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
    except (OSError, ValueError, AttributeError):
        is_ours = False
    if not is_ours:
        yield
        return
    # Whoever is in the background and changes the terminal is stopped for it, unless it ignores that.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        with suppress(OSError):
            os.tcsetpgrp(descriptor, process.group)
        process.signal(signal.SIGCONT)  # it may have read too early, and been stopped
        yield
    finally:
        with suppress(OSError):
            os.tcsetpgrp(descriptor, os.getpgrp())
        signal.signal(signal.SIGTTOU, before)
