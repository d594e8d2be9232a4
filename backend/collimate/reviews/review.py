"""Reviewing: a verdict on a submission, accepted or returned to its reader."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.annotations import case
from collimate.annotations.models import Submission
from collimate.kit.errors import Conflict, Forbidden, NotFound, Unprocessable
from collimate.kit.pagination import cursor, read_cursor
from collimate.projects import members
from collimate.projects.models import Project
from collimate.projects.rules import reading_rules
from collimate.reviews.accepted import is_newest
from collimate.reviews.models import Review
from collimate.studies.models import Patient, Study
from collimate.tasks import places
from collimate.tasks.models import Read, Task
from collimate.tasks.states import ReadState, move
from collimate.tasks.worklist import thumbnail_url

VERDICTS = {"accepted": ReadState.ACCEPTED, "returned": ReadState.RETURNED}


class SubmissionNotFound(NotFound):
    """There is no such submission to review."""


class OwnSubmission(Forbidden):
    """Nobody reviews their own read."""


class AlreadyReviewed(Conflict):
    """This submission was reviewed already."""


class CommentMissing(Unprocessable):
    """A returned case needs a comment."""


def reviewable(session: Session, reviewer: User, submission_id: UUID) -> Submission:
    """The submission, for someone who may review it now.

    Raises:
        SubmissionNotFound: unknown, a stranger's, or still blinded: all look the same.
    """
    submission = session.get(Submission, submission_id)
    if submission is None or not members.may(
        session, reviewer, submission.project_id, Permission.REVIEW
    ):
        raise SubmissionNotFound()
    read = session.get_one(Read, submission.read_id)
    project = session.get_one(Project, submission.project_id)
    if reading_rules(project).is_blinded and not case.is_complete(session, read.task_id, reviewer):
        raise SubmissionNotFound()
    return submission


def review(
    session: Session, reviewer: User, submission: Submission, verdict: str, comment: str = ""
) -> Review:
    """Accept a submission, or return it to its reader with a comment.

    Raises:
        OwnSubmission, AlreadyReviewed, CommentMissing
    """
    if submission.author_id == reviewer.id:
        raise OwnSubmission("Ask another reviewer.")
    if verdict == "returned" and not comment.strip():
        raise CommentMissing("Say what the reader should look at again.")
    task_id = session.scalars(select(Read.task_id).where(Read.id == submission.read_id)).one()
    task = places.lock_task(session, task_id)
    read = session.get_one(Read, submission.read_id, populate_existing=True)
    known = session.scalars(select(Review).where(Review.submission_id == submission.id)).first()
    if known is not None or read.state != ReadState.SUBMITTED:
        raise AlreadyReviewed("Reload the list.")
    row = Review(
        project_id=submission.project_id,
        submission_id=submission.id,
        reviewer_id=reviewer.id,
        verdict=verdict,
        comment=comment.strip(),
    )
    session.add(row)
    move(read, VERDICTS[verdict])
    places.recount(session, task)
    places.announce(session, read)
    audit.record(
        session, reviewer.id, "submission_reviewed", "submission", submission.id,
        project_id=submission.project_id, verdict=verdict,
    )  # fmt: skip
    return row


def _submissions(project: Project) -> Select[*tuple[Any, ...]]:
    return (
        select(Submission, Read, Task, Patient.pseudonym, User.name, Review)
        .join(Read, Read.id == Submission.read_id)
        .join(Task, Task.id == Read.task_id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .join(User, User.id == Submission.author_id)
        .outerjoin(Review, Review.submission_id == Submission.id)
        .where(Submission.project_id == project.id, Study.deleted_at.is_(None))
        .order_by(Submission.id.desc())
    )


def page(
    session: Session,
    project: Project,
    reviewer: User,
    *,
    state: str,
    after: str | None,
    limit: int,
) -> dict[str, Any]:
    """Submissions that wait for a verdict, or have one; newest first.

    The reviewer's own are left out of what waits. Where reading is blinded, names are left out,
    and cases someone may still read.
    """
    is_blinded = reading_rules(project).is_blinded
    if state == "waiting":
        query = _waiting(project, reviewer)
    else:
        seen = _submissions(project).where(Review.id.is_not(None))
        query = _seen_through(project, reviewer, seen)
    if after is not None:
        query = query.where(Submission.id < UUID(str(read_cursor(after, 1)[0])))
    rows = session.execute(query.limit(limit + 1)).all()
    return {
        "items": [_row(row, is_blinded) for row in rows[:limit]],
        "next": cursor([rows[limit - 1][0].id]) if len(rows) > limit else None,
    }


def waiting(
    session: Session, project: Project, reviewer: User, submission_ids: list[UUID]
) -> list[dict[str, Any]]:
    """Those of these submissions that wait for this reviewer's verdict, as the page lists them."""
    query = _waiting(project, reviewer).where(Submission.id.in_(submission_ids))
    is_blinded = reading_rules(project).is_blinded
    return [_row(row, is_blinded) for row in session.execute(query)]


def _waiting(project: Project, reviewer: User) -> Select[*tuple[Any, ...]]:
    return _seen_through(
        project,
        reviewer,
        _submissions(project).where(
            Review.id.is_(None), Read.state == ReadState.SUBMITTED, is_newest(),
            Submission.author_id != reviewer.id,
        ),
    )  # fmt: skip


def _seen_through(
    project: Project, reviewer: User, query: Select[*tuple[Any, ...]]
) -> Select[*tuple[Any, ...]]:
    """Where reading is blinded, only cases that nobody may still read, the reviewer included."""
    if not reading_rules(project).is_blinded:
        return query
    other = aliased(Read)
    unread = select(other.id).where(other.task_id == Task.id, case.to_be_blinded(other, reviewer))
    return query.where(~unread.exists())


def _row(found: Any, is_blinded: bool) -> dict[str, Any]:
    submission, read, task, pseudonym, reader_name, verdict = found
    answer = submission.content.get("answer") or {"label_keys": []}
    return {
        "submission_id": submission.id,
        "read_id": read.id,
        "study_id": task.study_id,
        "pseudonym": pseudonym,
        "thumbnail_url": thumbnail_url(task.study_id),
        "reader_name": None if is_blinded else reader_name,
        "submitted_at": submission.created_at,
        "label_keys": answer["label_keys"],
        "exclusion": submission.exclusion,
        "quality": submission.quality,
        "note": (submission.content.get("outcome") or {}).get("note", ""),
        "attributes": next(
            (
                said["values"]
                for said in submission.content.get("attributes", ())
                if said["scope"] == "study"
            ),
            {},
        ),
        "mark_count": len(submission.content.get("marks", [])),
        "segment_count": len(
            {segment["label_key"] for segment in submission.content.get("segments", [])}
        ),
        "verdict": verdict.verdict if verdict else None,
        "comment": verdict.comment if verdict else None,
    }
