"""Letting those that a person waits for go first where processors are short."""

import contextlib
import os
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")


def stand_back(niceness: int) -> None:
    """Lower the priority of this process, and of the session that it leads.

    Where Linux shares processors out among sessions first (autogroup, sched(7)), a niceness counts
    against processes of the same session only; the session has one of its own. A process that leads
    no session leaves it alone, since that would slow its neighbours too.
    """
    if niceness == 0:
        return
    os.nice(niceness)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # not on this system, or not ours to say
            _AUTOGROUP.write_text(str(niceness))
