"""Ending a process whose supervisor starts a fresh one."""

import os
import sys
from typing import NoReturn

BROKEN = 70
"""Exit code of a process that could do no more work (EX_SOFTWARE)."""


def leave(code: int | None) -> NoReturn:
    """End without taking the interpreter apart: beside busier processes that takes long."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code or 0)
