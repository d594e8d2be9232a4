"""Where memory runs out, the batch is halved and the work goes on; below the least that is said."""

import ctypes
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Shaped

Answer = TypeVar("Answer")
MEMORY, CONTAINER = Path("/proc/meminfo"), Path("/sys/fs/cgroup")
REFUSED = ("out of memory", "not enough memory", "can't allocate memory", "alloc_failed")


class MemoryTooSmall(RuntimeError):
    """Not even the smallest batch fits into memory."""


@dataclass
class BatchSize:
    """How many items are worked on at once: `wanted` at first, never below `least`."""

    wanted: int
    least: int = 1
    now: int = 0

    def __post_init__(self) -> None:
        """Begin with what is wanted."""
        self.now = self.now or self.wanted

    @property
    def is_lowered(self) -> bool:
        """Whether memory did not suffice for what was wanted."""
        return self.now < self.wanted

    def that_fits(self, work: Callable[[int], Answer]) -> Answer:
        """Do the work with as many items at once as fit; the batch shrinks for good.

        Raises: MemoryTooSmall.
        """
        while True:
            try:
                return work(self.now)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if self.now <= self.least:
                    raise MemoryTooSmall(_words(self.least)) from error
            # here nothing refers to the failed work any more
            self.now = max(self.least, self.now // 2)
            free_unused()


def in_parts(
    images: Shaped[np.ndarray, "items ..."],
    size: BatchSize,
    work: Callable[[np.ndarray], np.ndarray],
) -> list[np.ndarray]:
    """The answers to all images, asked about in parts that fit into memory.

    Raises: MemoryTooSmall.
    """
    found: list[np.ndarray] = []
    done = 0
    while done < len(images):
        found.append(size.that_fits(lambda many: work(images[done : done + many])))  # noqa: B023
        done += len(found[-1])
    return found


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on the device or on the machine."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(word in text for word in REFUSED)


def available_bytes() -> int | None:
    """Memory that can be had on this machine, within what its container may use; None if unknown.

    A process that takes more than that is ended, not told.
    """
    found = []
    with suppress(OSError, ValueError, KeyError):
        said = dict(line.split(":", 1) for line in MEMORY.read_text().splitlines())
        found.append(1024 * int(said["MemAvailable"].split()[0]))
    with suppress(OSError, ValueError, KeyError):
        most = int((CONTAINER / "memory.max").read_text())
        used = int((CONTAINER / "memory.current").read_text())
        lines = (CONTAINER / "memory.stat").read_text().splitlines()
        found.append(most - used + int(dict(line.split() for line in lines)["inactive_file"]))
    return min(found, default=None)


def free_unused() -> None:
    """Give memory back that torch or the C library keep for later."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    else:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _words(least: int) -> str:
    what = "one image" if least == 1 else f"{least} images at once"
    return f"Not even {what} fits into memory. End other programs on it, or use a larger machine."
