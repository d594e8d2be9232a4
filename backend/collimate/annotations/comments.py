"""Comments on a case: threads pinned to a place, seen by whoever may see the read they lie on."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.actor import Actor
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.annotations import case, save
from collimate.annotations.models import Comment
from collimate.kit import clock
from collimate.kit.errors import NotFound, Unprocessable
from collimate.projects import members
from collimate.projects.models import Project
from collimate.projects.rules import reading_rules
from collimate.studies.models import Instance, Series
from collimate.tasks import places
from collimate.tasks.models import Read, Task


class CommentNotFound(NotFound):
    """There is no such comment."""


class PlaceUnknown(Unprocessable):
    """This case has no such place."""


@dataclass(frozen=True)
class Said:
    """A comment to be kept; `id` is made by the client, so that sending twice says it once."""

    id: UUID
    text: str
    thread_id: UUID | None = None
    place: dict[str, Any] | None = None
    is_issue: bool = False


def _visible(session: Session, read: Read) -> Select[Comment]:
    """The comments beside a read: its own, and where nobody is blinded those of the whole task."""
    project = session.get_one(Project, read.project_id)
    query = select(Comment).join(Read, Read.id == Comment.read_id)
    if reading_rules(project).is_blinded:
        return query.where(Comment.read_id == read.id)
    return query.where(Read.task_id == read.task_id)


def threads(session: Session, viewer: User, read: Read) -> list[dict[str, Any]]:
    """Threads beside a read, oldest first, numbered from 1.

    Where reading is blinded, who said something is not named: only whether it was the viewer, and
    whether it was the reader of the case.
    """
    project = session.get_one(Project, read.project_id)
    is_blinded = reading_rules(project).is_blinded
    rows = session.execute(
        _visible(session, read)
        .join(User, User.id == Comment.author_id)
        .add_columns(User.name, Read.reader_id)
        .order_by(Comment.created_at, Comment.id)
    ).all()
    said: dict[UUID, list[dict[str, Any]]] = {}
    roots = [comment for comment, *_ in rows if comment.thread_id is None]
    for comment, name, reader_id in rows:
        is_mine = comment.author_id == viewer.id
        said.setdefault(comment.thread_id or comment.id, []).append(
            {
                "id": comment.id,
                "text": comment.text,
                "created_at": comment.created_at,
                "author_name": None if is_blinded and not is_mine else name,
                "is_mine": is_mine,
                "is_by_reader": comment.author_id == reader_id,
            }
        )
    return [
        {
            "id": root.id,
            "number": number,
            "place": root.place,
            "resolved_at": root.resolved_at,
            "is_issue": root.is_issue,
            "comments": said[root.id],
        }
        for number, root in enumerate(roots, start=1)
    ]


def say(session: Session, actor: Actor, read: Read, said: Said) -> None:
    """Keep a comment: the first of a thread with its place, or a reply.

    Raises:
        TokenCannotLabel, PlaceUnknown
        CommentNotFound: the thread, or another comment of this id, is not the actor's to see.
    """
    save.require_person(actor)
    if _is_said(session, actor, said):
        return
    read_id = read.id
    if said.thread_id is not None:
        found = session.scalars(_visible(session, read).where(Comment.id == said.thread_id)).first()
        if found is None or found.thread_id is not None:
            raise CommentNotFound()
        read_id = found.read_id
    elif said.place is not None:
        _check_place(session, read, said.place)
    comment = Comment(
        id=said.id, project_id=read.project_id, read_id=read_id, thread_id=said.thread_id,
        author_id=actor.user.id, text=said.text.strip(),
        place=said.place if said.thread_id is None else None, is_issue=said.is_issue,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(comment)
    except IntegrityError:
        # two windows sent the same words at the same moment
        if _is_said(session, actor, said):
            return
        raise
    audit.record(
        session, actor.user.id, "comment_said", "comment", said.id,
        project_id=read.project_id, read_id=read_id,
    )  # fmt: skip


def _is_said(session: Session, actor: Actor, said: Said) -> bool:
    """Whether these very words are kept already.

    Raises:
        CommentNotFound: another comment has this id.
    """
    known = session.get(Comment, said.id, populate_existing=True)
    if known is None:
        return False
    if (known.author_id, known.text) != (actor.user.id, said.text.strip()):
        raise CommentNotFound()
    return True


def _check_place(session: Session, read: Read, place: dict[str, Any]) -> None:
    study_id = session.get_one(Task, read.task_id).study_id
    if place["sop_instance_uid"] is not None:
        sizes = select(Instance.frame_count, Instance.rows, Instance.columns).where(
            Instance.study_id == study_id, Instance.sop_instance_uid == place["sop_instance_uid"]
        )
        found = session.execute(sizes).one_or_none()
        if found is None or place["frame_number"] > found.frame_count:
            raise PlaceUnknown("The image is not of this study.")
        x, y = place["point"] or (0.0, 0.0)
        if not (0 <= x <= found.columns and 0 <= y <= found.rows):
            raise PlaceUnknown("The place lies outside of the image.")
    elif place["series_uid"] is not None:
        series = select(Series.id).where(
            Series.study_id == study_id, Series.series_uid == place["series_uid"]
        )
        if session.scalar(series) is None:
            raise PlaceUnknown("The series is not of this study.")


def seen_thread(session: Session, viewer: User, comment_id: UUID) -> Comment:
    """The first comment of a thread, for someone who may see it.

    Raises:
        CommentNotFound: unknown, a stranger's, or another reader's under blinding.
    """
    comment = session.get(Comment, comment_id)
    if comment is None or comment.thread_id is not None:
        raise CommentNotFound()
    read = session.get_one(Read, comment.read_id)
    project = session.get_one(Project, comment.project_id)
    is_open = not reading_rules(project).is_blinded
    if is_open and members.may(session, viewer, project.id, Permission.READ_CASES):
        return comment
    try:
        case.seen_read(session, viewer, read)
    except (places.ReadNotFound, members.ProjectNotFound) as error:
        raise CommentNotFound() from error
    return comment


def resolve(session: Session, actor: Actor, thread: Comment, is_resolved: bool) -> None:
    """Mark a thread as settled, or open it again.

    Raises:
        TokenCannotLabel
    """
    save.require_person(actor)
    thread.resolved_at = clock.now() if is_resolved else None
    thread.resolved_by = actor.user.id if is_resolved else None
    session.flush()
    audit.record(
        session, actor.user.id, "comment_resolved" if is_resolved else "comment_reopened",
        "comment", thread.id, project_id=thread.project_id, read_id=thread.read_id,
    )  # fmt: skip
