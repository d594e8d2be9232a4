"""Saving: each save is a new revision that names its parent; nothing is ever overwritten."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.actor import Actor
from collimate.access.idempotency import once
from collimate.annotations import origins, schemas
from collimate.annotations.canonical import sha256_of
from collimate.annotations.content import (
    ALWAYS_THERE,
    checked_content,
    place_of,
)
from collimate.annotations.models import Annotation, AnnotationRevision
from collimate.kit.errors import Forbidden, NotFound, Problem, Stale, Unprocessable
from collimate.tasks import lease, places
from collimate.tasks.models import Read, Task
from collimate.tasks.states import ReadState, move


class TokenCannotLabel(Forbidden):
    """Labels come only from a person's own browser session."""


class AnnotationNotFound(NotFound):
    """There is no such annotation of yours."""


class StaleRevision(Stale):
    """This was changed in another window meanwhile."""


class CannotMove(Unprocessable):
    """A segment stays on its frame, and what is said with what it is about."""


@dataclass(frozen=True)
class Change:
    """A new state of one annotation; `parent_id` is the revision it was made from."""

    annotation_id: UUID
    kind: str
    parent_id: UUID | None
    content: dict[str, Any]
    fence: int
    active_ms: int = 0
    is_deleted: bool = False
    suggestion_id: UUID | None = None
    prompt_session_id: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Saved:
    """A stored revision as JSON; `is_held` is false when the reader no longer holds the case."""

    annotation: dict[str, Any]
    is_held: bool
    task_id: str


def require_person(actor: Actor) -> None:
    """Refuse scripts: human labels come from a human's session.

    Raises:
        TokenCannotLabel
    """
    if actor.sign_in_id is None:
        raise TokenCannotLabel("Sign in with a browser to read cases.")


def save(session: Session, actor: Actor, read_id: UUID, key: str | None, change: Change) -> Saved:
    """Store one revision. A reader who lost the place has the work kept all the same.

    The same `key` again gives the same answer and stores nothing twice; who cannot lose an answer
    (a caller in the same process) needs none.

    Raises:
        TokenCannotLabel, ReadNotFound, AnnotationNotFound, IdempotencyKeyReused
        StaleRevision: `parent_id` is not the newest revision; the answer carries that one.
        LabelUnknown, AttributeUnknown, ImageUnknown, MarkMalformed, MarkOutsideImage,
        MaskMalformed, MaskOutsideImage, CannotMove, SuggestionUnknown, PromptSessionUnknown
    """
    require_person(actor)
    request = {"verb": "save", "read_id": read_id, **asdict(change)}

    def act() -> dict[str, Any]:
        return _store(session, actor, read_id, change)

    return Saved(**(once(session, actor.user.id, key, request, act) if key else act()))


def save_many(
    session: Session, actor: Actor, read_id: UUID, changes: list[tuple[str, Change]]
) -> list[dict[str, Any]]:
    """Store the revisions of one stroke through many slices, each under a key of its own.

    Each is answered as if it had come alone: by the stored annotation, or by the problem it met,
    which undoes that one and none of the others.

    Raises:
        TokenCannotLabel
    """
    require_person(actor)
    return [_answered(session, actor, read_id, key, change) for key, change in changes]


def _answered(
    session: Session, actor: Actor, read_id: UUID, key: str, change: Change
) -> dict[str, Any]:
    try:
        with session.begin_nested():
            saved = save(session, actor, read_id, key, change)
    except Problem as problem:
        return {"annotation": None, "problem": problem.answer()}
    if saved.is_held:
        return {"annotation": saved.annotation, "problem": None}
    return {"annotation": None, "problem": lost(saved).answer()}


def lost(saved: Saved) -> lease.LeaseLost:
    """What a reader is told whose work was kept though he had lost the place.

    Not raised: that would roll the kept revision back.
    """
    return lease.LeaseLost(
        "What you saved is kept. Open the case again to go on.",
        annotation=saved.annotation,
        task_id=saved.task_id,
    )


def _store(session: Session, actor: Actor, read_id: UUID, change: Change) -> dict[str, Any]:
    read, task = places.lock_own(session, actor.user, read_id)
    content = (
        {}
        if change.is_deleted
        else checked_content(session, read, task, change.kind, change.content)
    )
    annotation = _annotation(session, read, change, content)
    head = head_of(session, annotation.id)
    if (head.id if head else None) != change.parent_id:
        raise StaleRevision("Compare both and save again.", current=_json(annotation, head))
    origins.check_suggestion(
        session, read, task, change.kind, change.suggestion_id, change.content, head
    )
    origins.check_prompts(session, read, change.kind, change.prompt_session_id)
    revision = AnnotationRevision(
        annotation_id=annotation.id,
        parent_id=change.parent_id,
        number=head.number + 1 if head else 1,
        author_id=actor.user.id,
        sign_in_id=actor.sign_in_id,
        is_deleted=change.is_deleted,
        content=content,
        sha256=sha256_of(content),
        reason=change.reason,
        suggestion_id=change.suggestion_id,
        prompt_session_id=change.prompt_session_id,
    )
    _insert(session, annotation, revision)
    is_held = lease.is_held(read, change.fence)
    if is_held:
        _note_work(session, read, task, change.active_ms)
    audit.record(
        session, actor.user.id, "annotation_saved", "annotation_revision", revision.id,
        project_id=read.project_id, read_id=read.id, sha256=revision.sha256, is_held=is_held,
    )  # fmt: skip
    return {
        "annotation": _json(annotation, revision),
        "is_held": is_held,
        "task_id": str(task.id),
    }


def _annotation(
    session: Session, read: Read, change: Change, content: dict[str, Any]
) -> Annotation:
    if change.kind in ALWAYS_THERE and change.is_deleted:
        raise CannotMove("Save it empty instead of deleting it.")
    place = place_of(change.kind, content) if content else None
    found = session.get(Annotation, change.annotation_id)
    if found is not None:
        if found.read_id != read.id or found.kind != change.kind:
            raise AnnotationNotFound()
        if change.kind in ALWAYS_THERE and found.place != place:
            raise CannotMove("Begin one of its own at the other place.")
        return found
    if place is not None:
        _refuse_second(session, read, change.kind, place)
    if change.parent_id is not None:
        raise StaleRevision("The annotation this was made from is not there.", current=None)
    annotation = Annotation(
        id=change.annotation_id, project_id=read.project_id, read_id=read.id, kind=change.kind,
        place=place,
    )  # fmt: skip
    session.add(annotation)
    session.flush()
    return annotation


def _refuse_second(session: Session, read: Read, kind: str, place: str) -> None:
    other = session.scalars(
        select(Annotation).where(
            Annotation.read_id == read.id, Annotation.kind == kind, Annotation.place == place
        )
    ).first()
    if other is not None:
        raise StaleRevision(
            "This was begun in another window.",
            current=_json(other, head_of(session, other.id)),
        )


def _insert(session: Session, annotation: Annotation, revision: AnnotationRevision) -> None:
    try:
        with session.begin_nested():
            session.add(revision)
    except IntegrityError as error:
        # The unique parent is what forbids forks; the check above only says so more kindly.
        current = head_of(session, annotation.id)
        raise StaleRevision(
            "Compare both and save again.", current=_json(annotation, current)
        ) from error


def _note_work(session: Session, read: Read, task: Task, active_ms: int) -> None:
    now = lease.moment(session)
    lease.spend(read, active_ms)
    read.lease_until = lease.lease_end(now)
    if read.state == ReadState.CLAIMED:
        move(read, ReadState.DRAFT)
        places.recount(session, task)
        places.announce(session, read)


def head_of(session: Session, annotation_id: UUID) -> AnnotationRevision | None:
    """The newest revision of an annotation."""
    return session.scalars(
        select(AnnotationRevision)
        .where(AnnotationRevision.annotation_id == annotation_id)
        .order_by(AnnotationRevision.number.desc())
        .limit(1)
    ).one_or_none()


Head = tuple[Annotation, AnnotationRevision]


_HEADS = (
    select(Annotation, AnnotationRevision)
    .join(AnnotationRevision, AnnotationRevision.annotation_id == Annotation.id)
    .where(Annotation.read_id == bindparam("read_id", type_=Uuid()))
    .order_by(Annotation.id, AnnotationRevision.number.desc())
    .ext(distinct_on(Annotation.id))
)


def heads(session: Session, read_id: UUID) -> list[Head]:
    """Every annotation of a read with its newest revision, in the order they were begun."""
    rows = session.execute(_HEADS, {"read_id": read_id}).all()
    pairs = [(annotation, revision) for annotation, revision in rows]
    return sorted(pairs, key=lambda pair: (pair[0].created_at, pair[0].id))


def _json(annotation: Annotation, revision: AnnotationRevision | None) -> dict[str, Any] | None:
    return annotation_json(annotation, revision) if revision is not None else None


def annotation_json(annotation: Annotation, revision: AnnotationRevision) -> dict[str, Any]:
    """An annotation in one of its states, as JSON has it."""
    shape = schemas.AnnotationOut.model_validate(
        {"id": annotation.id, "kind": annotation.kind, "revision": revision}
    )
    return shape.model_dump(mode="json")
