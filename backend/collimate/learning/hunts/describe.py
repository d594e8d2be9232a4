"""Describing the frames of the pool as grids of patches, each once, a few studies at a time."""

from collections.abc import Callable
from uuid import UUID

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.jobs.kinds import JobKind
from collimate.jobs.run import JobRun
from collimate.kit import ids
from collimate.learning.images import Picture, StudyUnusable, pictures_of
from collimate.learning.models import PatchGrid
from collimate.learning.urgent import urgent_job_waits
from collimate.ml import patches
from collimate.reviews.accepted import excluded_studies
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Task
from collimate.tasks.queue import UNAIDED_ARMS
from collimate.tasks.states import ReadState

CHUNK = 16
MOST_FRAMES = 16
"""Frames of a stack that are described, evenly spread."""


def in_hunts_reach(project_id: UUID) -> Select[Study]:
    """Studies of the pool with a place to read: no hold-out, nothing deleted or excluded.

    What was drawn for the control arm, or drawn again, waits for its turn: read early because of
    its looks it would no longer be a random draw.
    """
    return (
        select(Study)
        .join(Patient, Patient.id == Study.patient_id)
        .join(Task, Task.study_id == Study.id)
        .where(Study.project_id == project_id, Study.deleted_at.is_(None))
        .where(Patient.is_holdout.is_(False), Study.instance_count > 0)
        .where(Task.state == ReadState.OPEN, Task.arm.not_in(UNAIDED_ARMS))
        .where(Study.id.not_in(excluded_studies(project_id)))
    )


def describe_missing(run: JobRun, project_id: UUID, on_progress: Callable[[float], None]) -> bool:
    """Describe what is not yet; answers False if something urgent came between."""
    done = 0
    while True:
        run.check()
        with run.open_session() as session:
            missing = list(session.scalars(_missing(project_id).limit(CHUNK)))
            if not missing:
                return True
            left = session.scalar(select(func.count()).select_from(_missing(project_id).subquery()))
            for study_id in missing:
                _describe(session, study_id)
            done += len(missing)
            waits = urgent_job_waits(session, JobKind.HUNT)
        on_progress(done / (done + (left or 0) - len(missing)))
        if waits:
            return False


def _missing(project_id: UUID) -> Select[UUID]:
    known = select(PatchGrid.id).where(
        PatchGrid.study_id == Study.id, PatchGrid.recipe == patches.RECIPE
    )
    return (
        in_hunts_reach(project_id)
        .with_only_columns(Study.id)
        .where(~known.exists())
        .order_by(Study.id)
    )


def _describe(session: Session, study_id: UUID) -> None:
    rows = []
    try:
        for picture in pictures_of(session, study_id, most=MOST_FRAMES):
            try:
                rows.append(_row(study_id, picture))
            except StudyUnusable:
                continue
    except StudyUnusable:
        pass
    nothing = {
        "id": ids.new_id(), "study_id": study_id, "recipe": patches.RECIPE, "rows": 0,
        "columns": 0, "sop_instance_uid": "", "frame_number": 0, "vectors": b"",
    }  # fmt: skip
    session.execute(insert(PatchGrid).values(rows or [nothing]).on_conflict_do_nothing())


def _row(study_id: UUID, picture: Picture) -> dict[str, object]:
    grid = patches.described(picture.square(patches.SIDE))
    rows, columns = picture.values.shape
    return {
        "id": ids.new_id(), "study_id": study_id, "recipe": patches.RECIPE,
        "sop_instance_uid": picture.sop_instance_uid, "frame_number": picture.frame_number,
        "rows": rows, "columns": columns, "vectors": grid.astype(np.float16).tobytes(),
    }  # fmt: skip
