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
from collimate.projects.rules import learning_rules, reading_rules
from collimate.tasks import claim, lease, places
from collimate.tasks.models import Read
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
        hand = claim.lock_in_hand(session, actor.user, read_id, wants_next=wants_next)
        notes = []
        submission = _repeated(session, hand.read, revision_ids)
        if submission is None:
            lease.check_held(hand.read, fence)
            submission = _store(session, actor, hand, revision_ids, active_ms)
            notes.append(_note(actor, hand.read, submission))
        following = claim.take_next(session, actor.user, hand) if wants_next else None
        # The job and the audit chain are locked last by everyone, so nobody waits in a circle.
        if notes:
            _wake_learner(session, hand.project)
        if following is not None:
            notes.append(claim.claim_note(actor.user, following))
        audit.record_all(session, hand.project.id, notes)
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
    session: Session,
    actor: Actor,
    hand: claim.InHand,
    revision_ids: list[UUID],
    active_ms: int,
) -> Submission:
    read = hand.read
    live = named_heads(session, read, revision_ids)
    content = content_of(session, read, hand.task, live)
    if content["outcome"]["exclusion"] is None and reading_rules(hand.project).is_staged:
        _refuse_first_stage(session, read)
    now = lease.moment(session)
    lease.spend(read, active_ms)
    before = select(func.count() + 1).where(Submission.read_id == read.id)
    submission = Submission(
        project_id=read.project_id,
        read_id=read.id,
        number=before.scalar_subquery(),
        author_id=actor.user.id,
        revision_ids=[str(revision.id) for _, revision in live],
        content=content,
        sha256=sha256_of(content),
        exclusion=content["outcome"]["exclusion"],
        quality=content["outcome"]["quality"],
    )
    session.add(submission)
    move(read, ReadState.SUBMITTED)
    read.submitted_at = now
    read.lease_until = None
    places.recount(session, hand.task)
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
    stage, _ = case.stage_and_said(session, read)
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


def _note(actor: Actor, read: Read, submission: Submission) -> audit.Note:
    said = {"read_id": read.id, "sha256": submission.sha256}
    return audit.Note(actor.user.id, "read_submitted", "submission", submission.id, said)
