"""Telling browsers what changed: rows in the event table, woken by NOTIFY."""

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from collimate.jobs.models import Event
from collimate.kit import clock

CHANNEL = "collimate_event"
_WAKE = select(func.pg_notify(CHANNEL, ""))
_TOLD = insert(Event.__table__).values(  # type: ignore[arg-type]
    {name: bindparam(name) for name in ("at", "topic", "project_id", "user_id", "payload")}
)
TELL = _WAKE.add_cte(_TOLD.cte("told"))
"""Takes `told`; what else is done with it in one statement is added to it."""
KEPT = timedelta(hours=24)


def publish(
    session: Session,
    topic: str,
    project_id: UUID | None,
    *,
    user_id: UUID | None = None,
    **ids: Any,
) -> None:
    """Announce a change, once the transaction commits. `ids` are ids and numbers only.

    With `user_id` only that person is told: a blinded reader must not see another one's pace.
    """
    session.execute(TELL, told(topic, project_id, user_id=user_id, **ids))


def publish_to(
    session: Session,
    people: Select[UUID],
    asked: dict[str, Any],
    topic: str,
    project_id: UUID,
    **ids: Any,
) -> None:
    """Announce a change to each of these users alone, as `publish` does to one.

    `people` is a query put together once, which takes `asked` and `project_id`.
    """
    session.execute(_telling(people), {**told(topic, project_id, **ids), **asked})


@lru_cache
def _telling(people: Select[UUID]) -> Select[Any]:
    columns = Event.__table__.c
    names = ("at", "topic", "project_id", "payload")
    rows = people.add_columns(*(bindparam(name, type_=columns[name].type) for name in names))
    made = insert(Event.__table__).from_select(["user_id", *names], rows)  # type: ignore[arg-type]
    return _WAKE.add_cte(made.cte("told"))


def told(
    topic: str, project_id: UUID | None, *, user_id: UUID | None = None, **ids: Any
) -> dict[str, Any]:
    """The values of an event."""
    payload = {key: str(value) for key, value in ids.items()}
    return {
        "at": clock.now(), "topic": topic, "project_id": project_id, "user_id": user_id,
        "payload": payload,
    }  # fmt: skip


def publish_all(
    session: Session, topic: str, project_id: UUID, payloads: Iterable[dict[str, Any]]
) -> None:
    """Announce several changes of a project at once, as `publish` does with one."""
    rows = [{key: str(value) for key, value in ids.items()} for ids in payloads]
    if not rows:
        return
    session.add_all([Event(topic=topic, project_id=project_id, payload=row) for row in rows])
    session.execute(_WAKE)


def after(
    session: Session, last_id: int, project_id: UUID, user_id: UUID, topics: frozenset[str]
) -> list[Event]:
    """Events newer than `last_id` on `topics` for this person, oldest first, at most 500."""
    return list(
        session.scalars(
            select(Event)
            .where(
                Event.id > last_id,
                Event.project_id == project_id,
                Event.topic.in_(topics),
                (Event.user_id.is_(None)) | (Event.user_id == user_id),
            )
            .order_by(Event.id)
            .limit(500)
        )
    )


def newest_id(session: Session) -> int:
    """The id of the newest event, 0 when there is none."""
    return int(session.scalar(select(func.max(Event.id))) or 0)


def trim(session: Session) -> None:
    """Forget events older than a day."""
    session.execute(delete(Event).where(Event.at < clock.now() - KEPT))
