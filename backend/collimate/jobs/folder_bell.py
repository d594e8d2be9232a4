"""The bell over a folder: kombu's filesystem transport, every file written whole or not at all.

kombu writes a message in place, and a reader that comes between the opening and the writing takes
an empty file, fails to parse it, and its worker ends. Here files appear by renaming. A bell that
cannot be read all the same is dropped: the job table is the truth, and the reaper rings again.
"""

import os
from fcntl import LOCK_EX, flock
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "folder"


def write_whole(path: Path, text: str) -> None:
    """Make the file appear under its name with all it holds, replacing what was there."""
    # readers look at names that end in their queue's, so the unfinished file is nobody's
    unfinished = path.with_name(f".{uuid4()}")
    unfinished.write_text(text)
    os.replace(unfinished, path)


class Channel(filesystem.Channel):
    """kombu's channel, but for how files are written and what an unreadable one means."""

    def _put(self, queue: str, payload: Any, **_options: Any) -> None:
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        write_whole(Path(self.data_folder_out) / name, dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        try:
            return super()._get(queue)
        except ValueError:
            raise Empty from None

    def get_table(self, exchange: str) -> list[Any]:
        """Who listens to an exchange; a table that cannot be read is one to be written anew."""
        try:
            found: list[Any] = super().get_table(exchange)
        except ValueError:
            return []
        return found

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / ".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            table = self.get_table(exchange)
            entry = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
            if entry not in table:
                write_whole(self._exchange_file(exchange), dumps([entry, *table]))


class Transport(filesystem.Transport):
    """What Celery is given for `folder://`."""

    Channel = Channel


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
