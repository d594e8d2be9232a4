"""Asking the sandbox about received files, several at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collimate.dicom.prepared import PreparedInstance
from collimate.dicom.profile import Profile
from collimate.dicom.rejection import Rejected
from collimate.dicom.sandbox import Sandbox
from collimate.studies.erased import Names

MOST_AT_ONCE = 8


def ask_all(asks: Sequence[Callable[[], PreparedInstance]]) -> list[PreparedInstance | Rejected]:
    """What each file holds, or why it cannot be used, in the same order."""

    def answer(ask: Callable[[], PreparedInstance]) -> PreparedInstance | Rejected:
        try:
            return ask()
        except Rejected as rejected:
            return rejected

    if len(asks) == 1:
        return [answer(asks[0])]
    # no more run than the sandbox lets
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        return list(pool.map(answer, asks))


def named_in(sandbox: Sandbox, source: Path, profile: Profile) -> Names | None:
    """Whose a file is that cannot be used, where its header can be read."""
    try:
        return sandbox.whose(source, profile)
    except Rejected:
        return None
