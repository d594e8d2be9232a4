"""Which cases a model may answer by itself at all."""

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.learning.pool import Pool
from collimate.projects.models import Project
from collimate.tasks.models import Task
from collimate.tasks.states import ReadState


def rows_of(session: Session, project: Project, pool: Pool, drawn: set[str]) -> np.ndarray:
    """Rows of the pool that nobody asked a reader for, neither a person nor the learner.

    Never held-out patients, nor those of the control arm (`drawn`).
    """
    waiting = set(
        session.scalars(
            select(Task.id)
            .where(Task.project_id == project.id, Task.state == ReadState.OPEN)
            .where(Task.arm == "arrival")
        )
    )
    is_free = np.array(
        [
            task_id in waiting and str(patient) not in drawn
            for task_id, patient in zip(pool.task_ids, pool.patients, strict=True)
        ],
        dtype=bool,
    )
    return np.flatnonzero(is_free & pool.is_open & ~pool.is_given & ~pool.is_holdout)
