"""Submitting: the reader stands by exact revisions, and gets the next case."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.actor import Actor
from collimate.access.idempotency import once
from collimate.annotations import case, save
from collimate.annotations.canonical import sha256_of
from collimate.annotations.models import Submission
from collimate.annotations.said import content_of
from collimate.annotations.staged import Stage
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit.errors import Conflict, Stale
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules
from collimate.tasks import claim, lease, places
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE, ReadState, move


class RevisionsMoved(Stale):
    """Something was saved that this window has not seen."""


class FirstReadOpen(Conflict):
    """This project is read in two stages, and the first read of this case is not locked yet."""


def submit(
    session: Session,
    actor: Actor,
    read_id: UUID,
    key: str | None,
    *,
    fence: int,
    active_ms: int,
    revision_ids: list[UUID],
    wants_next: bool = True,
) -> dict[str, Any]:
    """Submit a read and hold the next case; answers `submission_id` and `next`.

    Submitting the same revisions twice, with the same key or another, has one effect.

    Raises:
        TokenCannotLabel, ReadNotFound, IdempotencyKeyReused
        LeaseLost: the place was given up meanwhile; what was saved is kept.
        AnswerMissing, AttributesLacking
        FirstReadOpen: reading is staged; a case that is excluded needs no first read.
        RevisionsMoved: `revision_ids` are not the newest of every annotation.
    """
    save.require_person(actor)
    request = {
        "verb": "submit", "read_id": read_id, "fence": fence, "active_ms": active_ms,
        "revision_ids": sorted(map(str, revision_ids)), "wants_next": wants_next,
    }  # fmt: skip

    def act() -> dict[str, Any]:
        read = places.own_read(session, actor.user, read_id)
        project = session.get_one(Project, read.project_id)
        places.lock_reader(session, project.id, actor.user.id)
        if wants_next:
            claim.lock_in_hand(session, project, actor.user, read.task_id)
        read, task = places.lock_own(session, actor.user, read_id)
        submission = _repeated(session, read, revision_ids)
        is_new = submission is None
        if submission is None:
            lease.check_held(read, fence)
            lease.spend(read, active_ms)
            submission = _store(session, actor, read, task, revision_ids)
        following = None
        if wants_next:
            following = claim.take_next(session, project, actor.user)
        # The job and the audit chain are locked last by everyone, so nobody waits in a circle.
        if is_new:
            _wake_learner(session, project)
            _record(session, actor, read, submission)
        if following is not None:
            claim.record_claim(session, actor.user, following)
        return {
            "submission_id": str(submission.id),
            "next": case.as_json(session, actor.user, following) if following else None,
        }

    return once(session, actor.user.id, key, request, act) if key else act()


def _repeated(session: Session, read: Read, revision_ids: list[UUID]) -> Submission | None:
    if read.state not in DONE:
        return None
    last = session.scalars(
        select(Submission)
        .where(Submission.read_id == read.id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).first()
    is_same = last is not None and set(last.revision_ids) <= set(map(str, revision_ids))
    return last if is_same else None


def _store(
    session: Session, actor: Actor, read: Read, task: Task, revision_ids: list[UUID]
) -> Submission:
    live = named_heads(session, read, revision_ids)
    content = content_of(session, read, task, live)
    if content["outcome"]["exclusion"] is None:
        _refuse_first_stage(session, read)
    number = session.scalar(select(func.count()).where(Submission.read_id == read.id)) or 0
    submission = Submission(
        project_id=read.project_id,
        read_id=read.id,
        number=number + 1,
        author_id=actor.user.id,
        revision_ids=[str(revision.id) for _, revision in live],
        content=content,
        sha256=sha256_of(content),
        exclusion=content["outcome"]["exclusion"],
        quality=content["outcome"]["quality"],
    )
    session.add(submission)
    move(read, ReadState.SUBMITTED)
    read.submitted_at = session.execute(select(lease.database_now())).scalar_one()
    read.lease_until = None
    places.recount(session, task)
    places.announce(session, read)
    return submission


def named_heads(session: Session, read: Read, revision_ids: list[UUID]) -> list[save.Head]:
    """The newest revisions of a read, deletions left out, as the reader's window names them.

    Raises:
        RevisionsMoved: there are others.
    """
    known = save.heads(session, read.id)
    live = [head for head in known if not head[1].is_deleted]
    named = set(revision_ids)
    if not {revision.id for _, revision in live} <= named <= {revision.id for _, revision in known}:
        raise RevisionsMoved(
            "Look at the case again and submit.",
            current=[save.annotation_json(*head) for head in live],
        )
    return live


def _refuse_first_stage(session: Session, read: Read) -> None:
    stage, _ = case.stage_and_suggestion(session, read)
    if stage == Stage.FIRST:
        raise FirstReadOpen("Lock the first read, look at the suggestion, then submit.")


def _wake_learner(session: Session, project: Project) -> None:
    if learning_rules(project).is_on or _answers_itself(session, project):
        enqueue(session, JobKind.RUN_ROUND, project_id=project.id, dedup_key=f"round:{project.id}")


def _answers_itself(session: Session, project: Project) -> bool:
    """Whether a model answers cases of its own: then every read may speak against it."""
    # Models stand later in the data flow; their tables are asked by name, not by import.
    query = text("SELECT FROM auto_accept WHERE project_id = :project AND off_at IS NULL")
    return session.execute(query, {"project": project.id}).first() is not None


def _record(session: Session, actor: Actor, read: Read, submission: Submission) -> None:
    audit.record(
        session, actor.user.id, "read_submitted", "submission", submission.id,
        project_id=read.project_id, read_id=read.id, sha256=submission.sha256,
    )  # fmt: skip
