"""Workers go behind the web process: in their own session, and before other sessions."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STANDS_BACK = """
import os
from collimate.jobs.stand_back import stand_back
stand_back(10)
print(os.nice(0))
print(open("/proc/self/autogroup").read())
"""

# A session of its own, whose leader has the child stand back.
BESIDE_ANOTHER = """
import subprocess, sys
print(open("/proc/self/autogroup").read())
sys.stdout.flush()
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
"""


def said_in_a_session_of_its_own(*command: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", *command],
        start_new_session=True, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout.split()


def knows_niceness_of_sessions() -> bool:
    """Linux keeps one for each session unless it is told otherwise (autogroup, sched(7))."""
    return Path("/proc/self/autogroup").exists() and bool(
        said_in_a_session_of_its_own('print(open("/proc/self/autogroup").read())')
    )


def test_a_worker_takes_its_whole_session_back_but_never_that_of_others():
    if not knows_niceness_of_sessions():
        pytest.skip("this system knows no niceness of sessions")
    before = os.nice(0)
    expected = str(min(19, before + 10))

    own, _group, _nice, session = said_in_a_session_of_its_own(STANDS_BACK)
    assert (own, session) == (expected, "10")

    group, _nice, ours, own, group_of_child, _nice, session = said_in_a_session_of_its_own(
        BESIDE_ANOTHER, STANDS_BACK
    )
    assert own == expected
    assert (group_of_child, session) == (group, ours)
