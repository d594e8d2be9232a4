"""Wait for what others send by themselves, as far as `ways_in.toml` opens it."""

import signal
import threading

from collimate.kit import logging
from collimate.kit.database import engine
from collimate.studies.dimse.listen import Listener
from collimate.studies.watch import FolderWatch, watch
from collimate.studies.ways_in import WaysInUnusable, ways_in

LOOK_EVERY_SECONDS = 1.0


def stand_by() -> None:
    """Receive until told to stop.

    Raises:
        SystemExit: the file of the ways in cannot be used.
    """
    logging.configure("receiver")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _signum, _frame: stop.set())
    try:
        opened = ways_in()
    except WaysInUnusable as error:
        raise SystemExit(str(error)) from error
    listener = Listener(opened.receiver) if opened.receiver is not None else None
    if listener is not None:
        logging.logger().info("receiver_listens", port=listener.port)
    watch([FolderWatch(one) for one in opened.folders], lambda: stop.wait(LOOK_EVERY_SECONDS))
    if listener is not None:
        listener.close()
    engine().dispose()
