"""Server-sent events: what changed in a project, with replay after a lost connection."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import psycopg
from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.jobs import events
from collimate.jobs.models import Event
from collimate.kit import database
from collimate.kit.http import SessionDep
from collimate.kit.logging import logger
from collimate.projects import members

router = APIRouter(tags=["events"])
KEEP_ALIVE_SECONDS = 15
LOOK_BACK = 100
"""Ids are given before commit, so a lower id can appear after a higher one; we look again."""


class Bell:
    """One listening connection per process wakes every open stream."""

    def __init__(self) -> None:
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def join(self, event: asyncio.Event) -> tuple[asyncio.AbstractEventLoop, asyncio.Event]:
        """Wake `event` at every notification from now on."""
        entry = (asyncio.get_running_loop(), event)
        with self._lock:
            self._waiting.add(entry)
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(target=self._listen, daemon=True)
                self._thread.start()
        return entry

    def leave(self, entry: tuple[asyncio.AbstractEventLoop, asyncio.Event]) -> None:
        """Forget a stream that closed."""
        with self._lock:
            self._waiting.discard(entry)

    def close(self) -> None:
        """Stop listening; open streams are woken so that they can end."""
        self._stop.set()
        self._wake()

    def is_closed(self) -> bool:
        return self._stop.is_set()

    def _wake(self) -> None:
        with self._lock:
            for loop, event in self._waiting:
                loop.call_soon_threadsafe(event.set)

    def _listen(self) -> None:
        address = database.database_url().replace("+psycopg", "", 1)
        while not self._stop.is_set():
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(f"LISTEN {events.CHANNEL}")
                    while not self._stop.is_set():
                        for _notice in connection.notifies(timeout=1.0, stop_after=1):
                            self._wake()
            except psycopg.Error as error:
                logger().warning("listen_lost", error_class=type(error).__name__)
                self._stop.wait(2.0)


bell = Bell()


def _news(last_id: int, project_id: UUID, user_id: UUID) -> list[Event] | None:
    with database.open_session() as session:
        user = session.get(members.User, user_id)
        if user is None or not user.is_active:
            return None
        topics = members.topics_heard(session, user, project_id)
        return events.after(session, last_id, project_id, user_id, topics) if topics else None


async def _stream(
    request: Request, last_id: int, project_id: UUID, user_id: UUID
) -> AsyncIterator[str]:
    woken = asyncio.Event()
    entry = bell.join(woken)
    sent: set[int] = set()
    try:
        yield "retry: 2000\n\n"
        while not bell.is_closed() and not await request.is_disconnected():
            woken.clear()
            news = await run_in_threadpool(
                _news, max(0, last_id - LOOK_BACK) if sent else last_id, project_id, user_id
            )
            if news is None:
                return
            for event in news:
                if event.id in sent:
                    continue
                sent.add(event.id)
                last_id = max(last_id, event.id)
                yield f"id: {event.id}\nevent: {event.topic}\ndata: {json.dumps(event.payload)}\n\n"
            sent = {seen for seen in sent if seen > last_id - LOOK_BACK} or {last_id}
            try:
                await asyncio.wait_for(woken.wait(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        bell.leave(entry)


@router.get("/api/events")
def stream_events(
    request: Request,
    session: SessionDep,
    actor: ActorDep,
    project_id: UUID,
    last_event_id: Annotated[int | None, Header()] = None,
) -> StreamingResponse:
    members.require(session, actor.user, project_id, Permission.SEE_PROJECT)
    start = events.newest_id(session) if last_event_id is None else last_event_id
    return StreamingResponse(
        _stream(request, start, project_id, actor.user.id), media_type="text/event-stream"
    )
