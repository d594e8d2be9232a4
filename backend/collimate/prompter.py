"""The prompter: answers prompts of readers while they wait, in a process of its own.

Neither the web process, which never decodes or computes, nor the ML worker, whose one thread may
be training for minutes. It is woken by NOTIFY and looks once a second anyway. Where the GPU stops
answering, the process ends, because only a fresh one reaches it again.
"""

import os
import threading

import psycopg

import collimate.tables  # noqa: F401
from collimate.kit import database, logging
from collimate.kit.ending import BROKEN, leave
from collimate.kit.logging import logger
from collimate.kit.settings import settings
from collimate.ml.prompts.seeded import Seeded
from collimate.prompts.answer import Answerer
from collimate.prompts.ask import CHANNEL

THREADS = 2
"""Readers who are answered at once; others wait their turn."""
LOOK_EVERY_S = 1.0
IDLE_S = 300.0
"""After this long without a question all pixels are forgotten."""
LAST_WORDS_S = 10.0
"""How long answers under way are waited for at the end; sessions are then anybody's again."""


def serve(answerer: Answerer, stop: threading.Event) -> None:
    """Answer until told to stop, or until the GPU is lost."""
    woken = threading.Semaphore(0)
    threads = [
        threading.Thread(target=_answer, args=(answerer, woken, stop), daemon=True)
        for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    _listen(woken, stop)
    for thread in threads:
        thread.join(LAST_WORDS_S)


def _answer(answerer: Answerer, woken: threading.Semaphore, stop: threading.Event) -> None:
    idle = 0.0
    while not stop.is_set():
        if answerer.has_lost_device:
            stop.set()
            return
        try:
            if answerer.answer_next():
                idle = 0.0
                continue
        except database.UNREACHABLE as error:
            logger().warning("prompter_missed", error_class=type(error).__name__)
        if not woken.acquire(timeout=LOOK_EVERY_S):
            idle += LOOK_EVERY_S
        if idle >= IDLE_S:
            answerer.forget()
            idle = 0.0


def _listen(woken: threading.Semaphore, stop: threading.Event) -> None:
    address = database.database_url().replace("+psycopg", "", 1)
    while not stop.is_set():
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                while not stop.is_set():
                    for _notice in connection.notifies(timeout=1.0, stop_after=1):
                        woken.release()
        except psycopg.Error as error:
            logger().warning("listen_lost", error_class=type(error).__name__)
            stop.wait(2.0)


def main() -> None:
    """Answer until told to stop; ends as broken where the GPU is lost, to be started again."""
    logging.configure("prompter")
    os.nice(5)
    memory_bytes = settings().prompt_memory_mb * 1024 * 1024
    answerer = Answerer(Seeded(), memory_bytes=memory_bytes)
    serve(answerer, threading.Event())
    if answerer.has_lost_device:
        logger().error("device_lost")
        leave(BROKEN)


if __name__ == "__main__":
    main()
