"""The process that asks a PACS: `python -m collimate.studies.dimse.ask`, one for a look or a pull.

What comes from another machine is parsed here and nowhere else, under a limit of memory; the web
process never loads the library. Orders and events are those of `orders.py`. The end of standard
input means that nobody wants the rest: what is under way is cancelled (PS3.7 9.3.2.3), and this
ends soon whatever the PACS does.
"""

import os
import queue
import resource
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from pynetdicom.association import Association

from collimate.dicom.limits import LIMITS
from collimate.studies.dimse.associated import PeerFailed, associated, prepare_library
from collimate.studies.dimse.find import find_context, search
from collimate.studies.dimse.orders import (
    Event,
    Failed,
    Found,
    Order,
    Over,
    Search,
    Taken,
    Trouble,
)
from collimate.studies.dimse.retrieve import Taker, retrieve

LAST_WORDS_SECONDS = 5.0


class Asker:
    """The other side of standard input and output."""

    def __init__(self) -> None:
        self._heard: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._under_way: tuple[Association, str] | None = None

    def listen(self) -> None:
        """Hear until the other side has gone, then see to it that this ends."""
        for line in sys.stdin:
            self._heard.put(line)
        self._heard.put("")
        if self._under_way is not None:
            opened, model = self._under_way
            with suppress(RuntimeError, ValueError):
                opened.send_c_cancel(1, query_model=model)
        threading.Event().wait(LAST_WORDS_SECONDS)
        os._exit(1)

    def begun(self, opened: Association, model: str) -> None:
        """From now on this can be cancelled."""
        self._under_way = opened, model

    def take(self, path: Path) -> bool:
        """Hand an image on; whether it was kept."""
        say(Taken(path=str(path)))
        return self.next_line() != ""

    def next_line(self) -> str:
        """What is said next; empty at the end, however often it is asked for."""
        line = self._heard.get()
        if not line:
            self._heard.put(line)
        return line


def say(event: Found | Taken | Over | Failed) -> None:
    """One line; nothing where nobody listens any more."""
    with suppress(BrokenPipeError):
        sys.stdout.write(Event(event=event).model_dump_json() + "\n")
        sys.stdout.flush()


def do(order: Order, asker: Asker) -> Over | Failed:
    """Do what is ordered."""
    try:
        if isinstance(order.what, Search):
            with associated(order.source, [find_context()], otherwise=Trouble.NO_SEARCH) as opened:
                for study in search(opened, order.what.asked, order.what.most):
                    say(study)
            return Over()
        # the library asks the standard module where to put what arrives
        tempfile.tempdir = order.what.folder
        return retrieve(order.source, order.what, Taker(asker.take), asker.begun)
    except PeerFailed as failed:
        return Failed(trouble=failed.trouble, detail=failed.detail)
    except OSError as error:
        return Failed(trouble=Trouble.UNREACHABLE, detail=type(error).__name__)
    except Exception as error:
        return Failed(trouble=Trouble.BROKE_OFF, detail=type(error).__name__)


def main() -> None:
    """Do one order after the other until there is none."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMITS.peer_memory_bytes, LIMITS.peer_memory_bytes))
    prepare_library()
    asker = Asker()
    threading.Thread(target=asker.listen, daemon=True).start()
    while line := asker.next_line():
        say(do(Order.model_validate_json(line), asker))
    # threads of the library must not keep a process alive whose work is done
    os._exit(0)


if __name__ == "__main__":
    main()
