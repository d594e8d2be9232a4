"""A source that speaks DIMSE, asked through a process of its own (`studies/dimse/ask.py`)."""

import os
import select
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from collimate.dicom.sandbox import plain_environment
from collimate.studies.dimse.orders import (
    Event,
    Failed,
    Found,
    Order,
    Over,
    Retrieve,
    Search,
    Taken,
    Trouble,
)
from collimate.studies.pulls.remote import (
    DATE,
    INSTANCE_COUNT,
    MODALITIES,
    SERIES_COUNT,
    STUDY_UID,
    SourceFailed,
)
from collimate.studies.pulls.wanted import Wanted
from collimate.studies.ways_in import DimseSource

LOOK_EVERY_SECONDS = 1.0
PARTING_SECONDS = 10


class PeerRemote:
    """A PACS; `move_to` is the AE title under which our receiver takes images for the project.

    `wait` is called at least every second while the PACS is waited for; what it raises ends that.
    """

    def __init__(self, source: DimseSource, move_to: str | None, wait: Callable[[], None]) -> None:
        self.missing_count = 0
        self._source, self._move_to, self._wait = source, move_to, wait
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._part()

    def search(self, wanted: Wanted, most: int) -> list[dict[str, Any]]:
        """Studies by C-FIND, up to `most`.

        Raises:
            SourceFailed
        """
        with closing(self._ask(Search(asked=wanted.asked(), most=most))) as events:
            return [_as_json(one) for one in events if isinstance(one, Found)]

    def images(self, study_uid: str, folder: Path) -> Generator[Path]:
        """What comes by C-GET; nothing where a C-MOVE lets it come through our receiver.

        Raises:
            SourceFailed
        """
        what = Retrieve(study_uid=study_uid, folder=str(folder), move_to=self._move_to)
        with closing(self._ask(what)) as events:
            for event in events:
                if isinstance(event, Taken):
                    yield Path(event.path)
                elif isinstance(event, Over):
                    self.missing_count += event.missing_count

    def _ask(self, what: Search | Retrieve) -> Generator[Found | Taken | Over]:
        """The events of an order; going on after a `Taken` says that the image is kept.

        Left before its end, the order is cancelled.
        """
        process, is_over = self._running(), False
        try:
            _tell(process, Order(source=self._source, what=what).model_dump_json())
            for line in self._lines(process):
                event = Event.model_validate_json(line).event
                is_over = isinstance(event, Over | Failed)
                if isinstance(event, Failed):
                    raise _said(event)
                yield event
                if is_over:
                    return
                if isinstance(event, Taken):
                    _tell(process, "")
            raise _said(Failed(trouble=Trouble.BROKE_OFF))
        finally:
            if not is_over:
                self._part()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "collimate.studies.dimse.ask"],
                env=plain_environment(), cwd="/",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return self._process

    def _part(self) -> None:
        """Close the line: what is under way is cancelled, and the process ends by itself."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(PARTING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _lines(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        assert process.stdout is not None
        held, descriptor = b"", process.stdout.fileno()
        while True:
            self._wait()
            if not select.select([descriptor], [], [], LOOK_EVERY_SECONDS)[0]:
                continue
            piece = os.read(descriptor, 1 << 16)
            if not piece:
                return
            *lines, held = (held + piece).split(b"\n")
            yield from lines


def _tell(process: subprocess.Popen[bytes], line: str) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()


def _as_json(study: Found) -> dict[str, Any]:
    values: dict[str, list[Any]] = {
        STUDY_UID: [study.study_uid],
        DATE: [study.date],
        MODALITIES: list(study.modalities),
        SERIES_COUNT: [study.series_count],
        INSTANCE_COUNT: [study.instance_count],
    }
    return {tag: {"Value": value} for tag, value in values.items()}


def _said(failed: Failed) -> SourceFailed:
    detail = failed.detail
    return {
        Trouble.UNREACHABLE: SourceFailed(
            "It could not be reached: nobody answers there, or not over TLS as we ask for it."
        ),
        Trouble.REFUSED: SourceFailed(f"It refused the association: {detail}."),
        Trouble.NO_SEARCH: SourceFailed("It offers no search (C-FIND in the study root)."),
        Trouble.NO_RETRIEVAL: SourceFailed(
            "It offers no C-GET, and may not be asked to send by C-MOVE to a receiver of ours "
            "that is open to this project."
        ),
        Trouble.NO_DESCRIPTIONS: SourceFailed("It does not search by description; leave that out."),
        Trouble.BROKE_OFF: SourceFailed("It broke off, or was silent for too long."),
        Trouble.STATUS: SourceFailed(f"It answered with DICOM status {detail}."),
        Trouble.TOO_LARGE: SourceFailed("An image of it is larger than the limit."),
        Trouble.TOO_MANY: SourceFailed(
            f"It answers with more than {detail} studies or images; narrow the search."
        ),
    }[failed.trouble]
