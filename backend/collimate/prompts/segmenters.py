"""Who answers: the segmenter that was given, else the one that needs no model, which says why."""

import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock

from collimate.kit import database
from collimate.kit.blobs import blobs
from collimate.kit.logging import logger
from collimate.kit.settings import settings
from collimate.ml.prompts.prompt import Check, Found, GivenUp, NoMemory, Prompt, Segmenter
from collimate.prompts.give import serving_segmenter
from collimate.prompts.series import SeriesStack

NOTES = {
    "no_volume": "The given segmenter needs an evenly spaced volume, which these images are not: "
    "answered without a model.",
    "no_memory": "The given segmenter needs more memory than there is: answered without a model.",
    "unreadable": "The given segmenter cannot be read: answered without a model. "
    "An administrator can give it again.",
    "lost": "The GPU stopped answering: answered without a model. The prompter starts afresh; the "
    "given segmenter answers your next prompt.",
    "failed": "The given segmenter failed: answered without a model. "
    "The log of the prompter says more.",
}


class Unreadable(Exception):
    """The file of the given segmenter cannot be read."""


@dataclass(frozen=True)
class Answered:
    """A mask, who found it, and what is to be said of that."""

    found: Found
    segmenter: str
    version: str
    note: str = ""


class Segmenters:
    """`own` needs no model and is always there; a given one is read when it is first asked.

    `has_lost_device`: the GPU failed, and nothing in this process can reach it any more.
    """

    def __init__(self, own: Segmenter) -> None:
        self.has_lost_device = False
        self._own = own
        self._loader = ThreadPoolExecutor(1, "segmenter")
        self._given: tuple[str, Future[Segmenter]] | None = None
        self._lock = Lock()

    def forget(self) -> None:
        """Drop the given one and what it remembers; it is read again when it is next asked."""
        with self._lock:
            if self._given is None:
                return
            self._given = None
        from collimate.ml.memory import free_unused

        try:
            free_unused()
        except RuntimeError as error:
            if not _is_device_lost(error):
                raise
            self.has_lost_device = True

    def segment(
        self, stack: SeriesStack, prompts: Sequence[Prompt], *, through_frames: bool, check: Check
    ) -> Answered:
        """See `Segmenter`.

        Raises:
            GivenUp, OSError, BlobMissing
        """

        def by(segmenter: Segmenter, note: str = "") -> Answered:
            found = segmenter.segment(stack, prompts, through_frames=through_frames, check=check)
            return Answered(found, segmenter.name, segmenter.version, note)

        with database.open_session() as session:
            serving = serving_segmenter(session)
            sha256 = serving.weights_sha256 if serving is not None else ""
        if not sha256:
            return by(self._own)
        if not stack.is_volume:
            return by(self._own, NOTES["no_volume"])
        try:
            return by(self._loaded(sha256, check))
        except GivenUp:
            raise
        except NoMemory:
            note = "no_memory"
        except Exception as error:
            note = self._note_of(error)
            logger().error("segmenter_failed", error_class=type(error).__name__, note=note)
        return by(self._own, NOTES[note])

    def _note_of(self, error: Exception) -> str:
        if _is_device_lost(error) or _is_device_lost(error.__cause__):
            self.has_lost_device = True
            return "lost"
        return "unreadable" if isinstance(error, Unreadable) else "failed"

    def _loaded(self, sha256: str, check: Check) -> Segmenter:
        """The given one. Reading it takes seconds; meanwhile the question is kept alive."""
        with self._lock:
            if self._given is None or self._given[0] != sha256:
                self._given = sha256, self._loader.submit(_load, sha256)
            reading = self._given[1]
        while not reading.done():
            check(0.0)
            wait([reading], timeout=0.1)
        try:
            return reading.result()
        except Exception as error:
            self.forget()
            raise Unreadable from error


def _is_device_lost(error: BaseException | None) -> bool:
    """Whether the GPU itself failed; where torch was never needed, it is not that."""
    if error is None or "torch" not in sys.modules:
        return False
    from collimate.ml.device import is_device_lost

    return is_device_lost(error)


def _load(sha256: str) -> Segmenter:
    """Only here torch comes into the process, so that it stays small where none was given."""
    import torch

    from collimate.ml.prompts.given.load import load

    torch.set_num_threads(settings().torch_threads)
    with blobs().local(sha256) as path:
        return load(path, sha256)
