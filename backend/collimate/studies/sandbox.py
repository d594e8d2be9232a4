"""The one sandbox of this process: every parser and codec works behind it."""

import atexit
from functools import lru_cache

from collimate.dicom.sandbox import Sandbox


@lru_cache
def sandbox() -> Sandbox:
    """The sandbox, whose warm process starts with the first request."""
    opened = Sandbox()
    atexit.register(opened.close)
    return opened


def close_sandbox() -> None:
    """Stop the warm process, if it was ever started."""
    if sandbox.cache_info().currsize:
        sandbox().close()
