"""Issues: a question takes a case out of its reader's hands until somebody has answered it.

The question is a comment thread of the read, so it lies where comments lie and is seen by whom
they are seen by.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from collimate.access import audit
from collimate.access.actor import Actor
from collimate.access.idempotency import once
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.annotations import case, comments, save
from collimate.annotations.models import Comment
from collimate.kit import clock
from collimate.kit.errors import Conflict
from collimate.projects import members
from collimate.projects.models import Project
from collimate.projects.rules import reading_rules
from collimate.studies.models import Patient, Study
from collimate.tasks import claim, lease, places
from collimate.tasks.models import Read, Task
from collimate.tasks.states import ReadState, move
from collimate.tasks.worklist import thumbnail_url

ANSWERED_SHOWN = 50


class IssueAnswered(Conflict):
    """Somebody has answered this, or its reader took it back."""


def raise_issue(
    session: Session,
    actor: Actor,
    read_id: UUID,
    key: str | None,
    said: comments.Said,
    *,
    fence: int,
    active_ms: int,
    wants_next: bool = True,
) -> dict[str, Any]:
    """Ask a question about a case and let go of it, work kept; answers `next`.

    Asking the same question twice has one effect.

    Raises:
        TokenCannotLabel, ReadNotFound, IdempotencyKeyReused, PlaceUnknown
        LeaseLost: the place was given up meanwhile; what was saved is kept.
    """
    save.require_person(actor)
    request = {
        "verb": "issue", "read_id": read_id, "fence": fence, "active_ms": active_ms,
        "id": said.id, "text": said.text, "wants_next": wants_next,
    }  # fmt: skip

    def act() -> dict[str, Any]:
        hand = claim.lock_in_hand(session, actor.user, read_id, wants_next=wants_next)
        read, task = hand.read, hand.task
        is_new = session.get(Comment, said.id) is None
        if is_new:
            lease.check_held(read, fence)
            lease.spend(read, active_ms)
            move(read, ReadState.ISSUE)
            read.lease_until = None
            _announce(session, read, task)
            _settle_older(session, read)
        following = None
        if wants_next:
            following = claim.take_next(session, actor.user, hand)
        # The audit chain is locked last by everyone, so nobody waits in a circle.
        comments.say(session, actor, read, said)
        if is_new:
            _record(session, actor, read, "issue_raised", said.id)
        if following is not None:
            claim.record_claim(session, actor.user, following)
        return {"next": case.as_json(session, actor.user, following) if following else None}

    return once(session, actor.user.id, key, request, act) if key else act()


def answer_issue(session: Session, actor: Actor, issue: Comment, reply: comments.Said) -> None:
    """Answer a question: it is settled, and the case goes back to the reader who asked.

    Raises:
        TokenCannotLabel
        IssueAnswered: the case no longer waits for an answer.
    """
    save.require_person(actor)
    task = places.lock_task(session, session.get_one(Read, issue.read_id).task_id)
    read = session.get_one(Read, issue.read_id, populate_existing=True)
    if session.get(Comment, reply.id) is not None:
        return
    if read.state != ReadState.ISSUE or issue.resolved_at is not None:
        raise IssueAnswered("Look at the list again.")
    lease.take_up(session, read)
    _announce(session, read, task)
    comments.say(session, actor, read, reply)
    comments.resolve(session, actor, issue, is_resolved=True)
    _record(session, actor, read, "issue_answered", issue.id)


def asked_issue(session: Session, viewer: User, comment_id: UUID) -> Comment:
    """The issue, for someone who may review the case it was raised on.

    Raises:
        CommentNotFound: unknown, no issue, the viewer's own, or not to be seen now.
        RoleForbids: a member who does not review.
    """
    issue = session.get(Comment, comment_id)
    if issue is None or not issue.is_issue:
        raise comments.CommentNotFound()
    try:
        members.require(session, viewer, issue.project_id, Permission.REVIEW)
    except members.ProjectNotFound as error:
        raise comments.CommentNotFound() from error
    read = session.get_one(Read, issue.read_id)
    has_answered = issue.resolved_by == viewer.id
    if read.reader_id == viewer.id or not (has_answered or may_answer(session, viewer, read)):
        raise comments.CommentNotFound()
    return issue


def may_answer(session: Session, viewer: User, read: Read) -> bool:
    """Whether this member, who may review, sees the questions about a read."""
    try:
        case.seen_read(session, viewer, read)
    except places.ReadNotFound:
        return False
    return True


def issues(session: Session, project: Project, viewer: User) -> dict[str, Any]:
    """Questions that wait, the oldest first, and the last answered ones, the newest first.

    `hidden_count`: those that wait and would unblind the viewer, whose texts are not told.
    """
    waiting = session.execute(
        _rows(project)
        .where(Read.state == ReadState.ISSUE, Comment.resolved_at.is_(None))
        .order_by(Comment.created_at, Comment.id)
    ).all()
    seen = [row for row in waiting if row[1].reader_id != viewer.id]
    told = [row for row in seen if may_answer(session, viewer, row[1])]
    answered = session.execute(
        _rows(project)
        .where(Comment.resolved_at.is_not(None), Comment.resolved_by != Comment.author_id)
        .order_by(Comment.resolved_at.desc(), Comment.id)
        .limit(ANSWERED_SHOWN)
    ).all()
    is_blinded = reading_rules(project).is_blinded
    shown = [
        row
        for row in answered
        if row[0].resolved_by == viewer.id or may_answer(session, viewer, row[1])
    ]
    return {
        "waiting": [_as_json(session, row, is_blinded) for row in told],
        "answered": [_as_json(session, row, is_blinded) for row in shown],
        "hidden_count": len(seen) - len(told),
    }


def waiting_count(session: Session, project_id: UUID) -> int:
    """How many reads of a project wait for an answer."""
    query = select(func.count()).where(
        Read.project_id == project_id, Read.state == ReadState.ISSUE, Read.slot >= 1
    )
    return session.scalar(query) or 0


def _rows(project: Project) -> Any:
    return (
        select(Comment, Read, User.name, Study.id, Patient.pseudonym)
        .join(Read, Read.id == Comment.read_id)
        .join(User, User.id == Comment.author_id)
        .join(Task, Task.id == Read.task_id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Comment.project_id == project.id, Comment.is_issue, Comment.thread_id.is_(None))
        .where(Study.deleted_at.is_(None), Read.slot >= 1)
    )


def _as_json(session: Session, row: Any, is_blinded: bool) -> dict[str, Any]:
    issue, read, name, study_id, pseudonym = row
    reply = aliased(Comment)
    last = session.scalars(
        select(reply).where(reply.thread_id == issue.id).order_by(reply.created_at.desc()).limit(1)
    ).first()
    return {
        "id": issue.id,
        "read_id": read.id,
        "pseudonym": pseudonym,
        "thumbnail_url": thumbnail_url(study_id),
        "text": issue.text,
        "has_place": issue.place is not None,
        "reader_name": None if is_blinded else name,
        "created_at": issue.created_at,
        "resolved_at": issue.resolved_at,
        "answer": None if last is None else last.text,
    }


def _settle_older(session: Session, read: Read) -> None:
    """A question its reader took back is settled by the next one."""
    older = select(Comment).where(
        Comment.read_id == read.id, Comment.is_issue, Comment.resolved_at.is_(None)
    )
    for issue in session.scalars(older):
        issue.resolved_at, issue.resolved_by = clock.now(), read.reader_id


def _announce(session: Session, read: Read, task: Task) -> None:
    places.recount(session, task)
    places.announce(session, read)


def _record(session: Session, actor: Actor, read: Read, action: str, issue_id: UUID) -> None:
    audit.record(
        session, actor.user.id, action, "comment", issue_id,
        project_id=read.project_id, read_id=read.id,
    )  # fmt: skip
