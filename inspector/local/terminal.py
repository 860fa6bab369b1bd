"""Ctrl-C under make.

The terminal sends SIGINT to the whole foreground group. make, caught in it, would end with an error
however well we stop. So a supervisor that somebody else leads takes the foreground for itself, and
gives it back at the end: make then sees a command that exits 0.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def own_foreground() -> Iterator[None]:
    """Ours for the duration; nothing happens without a terminal, or when we lead our group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield
        return
    group = os.getpgrp()
    if group == os.getpid() or os.tcgetpgrp(terminal) != group:
        os.close(terminal)
        yield
        return
    # Ctrl-Z would stop us alone, and leave a terminal that nobody reads.
    for number in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpid())
    try:
        yield
    finally:
        with suppress(OSError):
            os.tcsetpgrp(terminal, group)
        os.close(terminal)
