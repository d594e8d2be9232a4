"""Small steps of a reader for the tests of annotations: save an answer or a mark, submit."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.actor import Actor
from collimate.annotations import save, submit
from collimate.kit import ids
from collimate.studies.models import Instance
from collimate.tasks.models import Read, Task


def answer(
    session: Session, actor: Actor, read: Read, *keys: str, key: str | None = None, **change: Any
) -> save.Saved:
    values = {
        "annotation_id": ids.new_id(), "kind": "answer", "parent_id": None, "fence": read.fence,
        "content": {"label_keys": list(keys)},
    } | change  # fmt: skip
    return save.save(session, actor, read.id, key, save.Change(**values))


def image_of(session: Session, read: Read) -> Instance:
    task = session.get_one(Task, read.task_id)
    return session.scalars(select(Instance).where(Instance.study_id == task.study_id)).one()


def box(session: Session, actor: Actor, read: Read, **change: Any) -> save.Saved:
    content = {
        "label_key": "opacity",
        "sop_instance_uid": image_of(session, read).sop_instance_uid,
        "frame_number": 1,
        "points": [[4.0, 5.0], [20.0, 30.0]],
    } | change.pop("content", {})
    values = {
        "annotation_id": ids.new_id(), "kind": "box", "parent_id": None, "fence": read.fence,
        "content": content,
    } | change  # fmt: skip
    return save.save(session, actor, read.id, None, save.Change(**values))


def revision_id(saved: save.Saved) -> UUID:
    return UUID(saved.annotation["revision"]["id"])


def hand_in(
    session: Session, actor: Actor, read: Read, *saved: save.Saved, **options: Any
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "fence": read.fence, "active_ms": 1000, "wants_next": False,
        "revision_ids": [revision_id(one) for one in saved],
    } | options  # fmt: skip
    key = values.pop("key", None)
    return submit.submit(session, actor, read.id, key, **values)
