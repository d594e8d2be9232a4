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
print(open("/proc/self/autogroup").read().split()[-1])
"""


def niceness_of(*, leads_a_session: bool) -> list[int]:
    """Of the process itself and of its session."""
    ran = subprocess.run(
        [sys.executable, "-c", STANDS_BACK],
        start_new_session=leads_a_session, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [int(one) for one in ran.stdout.split()]


@pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(), reason="this system knows no niceness of sessions"
)
def test_a_worker_takes_its_whole_session_back_but_never_that_of_others():
    before = os.nice(0)

    alone = niceness_of(leads_a_session=True)
    beside_us = niceness_of(leads_a_session=False)

    assert alone == [min(19, before + 10), 10]
    session = int(Path("/proc/self/autogroup").read_text().split()[-1])
    assert beside_us == [min(19, before + 10), session]
