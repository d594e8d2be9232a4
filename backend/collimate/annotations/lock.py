"""Locking a first read: the reader stands by exact revisions, and is shown what the model says."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.actor import Actor
from collimate.access.idempotency import once
from collimate.annotations import case, save, submit
from collimate.annotations.canonical import sha256_of
from collimate.annotations.models import FirstRead
from collimate.annotations.said import content_of
from collimate.annotations.staged import Stage
from collimate.annotations.suggestions import Said
from collimate.tasks import lease, places
from collimate.tasks.models import Read, Task


def lock(
    session: Session,
    actor: Actor,
    read_id: UUID,
    key: str | None,
    *,
    fence: int,
    active_ms: int,
    revision_ids: list[UUID],
) -> dict[str, Any]:
    """Keep the first read for good and answer the case with what was hidden until now.

    It must be as whole as a submission. A read that is locked already, or of which there is
    nothing to hide any more, is answered as it is: the first lock stands.

    Raises:
        TokenCannotLabel, ReadNotFound, IdempotencyKeyReused, LeaseLost
        AnswerMissing, QualityMissing, AttributesLacking, RevisionsMoved
    """
    save.require_person(actor)
    request = {
        "verb": "lock", "read_id": read_id, "fence": fence, "active_ms": active_ms,
        "revision_ids": sorted(map(str, revision_ids)),
    }  # fmt: skip

    def act() -> dict[str, Any]:
        read, task = places.lock_own(session, actor.user, read_id)
        stage, said = case.stage_and_said(session, read)
        if stage == Stage.FIRST:
            lease.check_held(read, fence)
            lease.spend(read, active_ms)
            _store(session, actor, read, task, revision_ids, said)
        return case.as_json(session, actor.user, read)

    return once(session, actor.user.id, key, request, act) if key else act()


def _store(
    session: Session,
    actor: Actor,
    read: Read,
    task: Task,
    revision_ids: list[UUID],
    said: Said,
) -> None:
    live = submit.named_heads(session, read, revision_ids)
    content = content_of(session, read, task, live)
    locked = FirstRead(
        project_id=read.project_id,
        read_id=read.id,
        author_id=actor.user.id,
        revision_ids=[str(revision.id) for _, revision in live],
        content=content,
        sha256=sha256_of(content),
        active_ms=read.active_ms,
        suggestion_ids=[str(one["id"]) for one in said.all],
        suggested_key=said.of_case["label_key"] if said.of_case else None,
    )
    session.add(locked)
    session.flush()
    audit.record(
        session, actor.user.id, "first_read_locked", "first_read", locked.id,
        project_id=read.project_id, read_id=read.id, sha256=locked.sha256,
    )  # fmt: skip
