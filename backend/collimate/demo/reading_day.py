"""A day of reading in the demo workspace, played through the verbs the browser uses."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.access import sign_in
from collimate.access.actor import Actor
from collimate.access.models import User
from collimate.annotations.models import Submission
from collimate.annotations.play import play_read
from collimate.demo.marks import unsteady
from collimate.demo.settling import Advance, settle
from collimate.jobs.kinds import JobKind
from collimate.kit.database import open_session
from collimate.learning.due import next_round_in
from collimate.projects.models import Project
from collimate.studies.models import AnswerKey, Instance, Study
from collimate.tasks.claim import WorklistEmpty

MISTAKE_SHARE = 0.05
LEARNING = (JobKind.EMBED_STUDIES, JobKind.RUN_ROUND)


@dataclass(frozen=True)
class Reader:
    """Someone who reads: account, browser session, and how fast they are (median seconds)."""

    user_id: UUID
    sign_in_id: UUID
    median_seconds: float


def sit_down(emails: tuple[str, ...]) -> list[Reader]:
    """Sign the readers in, as the sign-in page does."""
    readers = []
    with open_session() as session:
        for number, email in enumerate(emails):
            user = session.scalars(select(User).where(User.email == email)).one()
            opened = sign_in.open_sign_in(session, user).sign_in
            readers.append(Reader(user.id, opened.id, 19.0 + 8.0 * number))
    return readers


def submitted_count(project_id: UUID) -> int:
    """How many reads have been submitted in a project."""
    with open_session() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(Submission)
                .where(Submission.project_id == project_id)
            )
            or 0
        )


def read_cases(
    project_id: UUID, readers: list[Reader], *, wanted: int, advance: Advance, seed: int = 5
) -> int:
    """Read until `wanted` cases are submitted, waiting for the new order when a round is due."""
    with open_session() as session:
        classes = _classes(session, project_id)
    done = submitted_count(project_id)
    while done < wanted:
        reader = readers[done % len(readers)]
        rng = np.random.default_rng((seed, done))
        try:
            with open_session() as session:
                _read_one(session, project_id, reader, classes, rng)
                is_due = next_round_in(session, session.get_one(Project, project_id)) == 0
        except WorklistEmpty:
            break
        done += 1
        if is_due:
            settle(project_id, LEARNING, advance=advance)
    return done


def leave_draft(project_id: UUID, reader: Reader) -> None:
    """Begin a case and leave it unfinished, as someone does who is called away."""
    with open_session() as session:
        classes = _classes(session, project_id)
        _read_one(
            session, project_id, reader, classes, np.random.default_rng(99), stop_at_draft=True
        )


def _classes(session: Session, project_id: UUID) -> list[str]:
    keys = session.scalars(select(AnswerKey.label_keys).where(AnswerKey.project_id == project_id))
    return sorted({key for label_keys in keys for key in label_keys})


def _read_one(
    session: Session,
    project_id: UUID,
    reader: Reader,
    classes: list[str],
    rng: np.random.Generator,
    *,
    stop_at_draft: bool = False,
) -> None:
    is_mistaken = rng.random() < MISTAKE_SHARE

    def answer(study: Study) -> list[str]:
        known = _known(session, study)
        if known is None:
            return [str(rng.choice(classes))]
        if is_mistaken:
            others = [key for key in classes if key not in known.label_keys]
            return [str(rng.choice(others))]
        return list(known.label_keys)

    def marks(study: Study) -> list[dict[str, object]]:
        known = _known(session, study)
        return [] if is_mistaken or known is None else _drawn(session, study, known, rng)

    hesitation = 1.6 if is_mistaken else 1.0
    seconds = reader.median_seconds * hesitation * float(rng.lognormal(0, 0.45))
    play_read(
        session,
        project_id=project_id,
        reader=Actor(session.get_one(User, reader.user_id), reader.sign_in_id),
        answer=answer,
        marks=marks,
        active_ms=round(1000 * min(seconds, 240)),
        stop_at_draft=stop_at_draft,
    )


def _known(session: Session, study: Study) -> AnswerKey | None:
    return session.scalars(select(AnswerKey).where(AnswerKey.study_id == study.id)).one_or_none()


def _drawn(
    session: Session, study: Study, known: AnswerKey, rng: np.random.Generator
) -> list[dict[str, object]]:
    image = session.scalars(select(Instance).where(Instance.study_id == study.id).limit(1)).one()
    return [
        {
            **unsteady(mark, rng, columns=image.columns, rows=image.rows),
            "sop_instance_uid": image.sop_instance_uid,
        }
        for mark in known.marks
    ]
