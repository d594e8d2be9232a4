"""The queue as the learner ordered it: what the newest batch asks for, and why."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.learning.due import newest_batch
from collimate.learning.models import QueryPick
from collimate.projects.models import Project
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Task
from collimate.tasks.worklist import thumbnail_url


def queue(session: Session, project: Project, *, limit: int) -> dict[str, Any]:
    """The newest batch and its picks, in the order they are to be read."""
    batch = newest_batch(session, project.id)
    if batch is None:
        return {"batch": None, "items": []}
    rows = session.execute(
        select(QueryPick, Task, Patient.pseudonym)
        .join(Task, Task.id == QueryPick.task_id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(QueryPick.query_batch_id == batch.id)
        .order_by(QueryPick.rank)
        .limit(limit)
    )
    names = ("task_id", "rank", "arm", "reason_code", "reason", "scores")
    return {
        "batch": {
            "round_number": batch.round_number,
            "strategy": batch.strategy,
            "created_at": batch.created_at,
            "pool_count": batch.pool_count,
            "seed": batch.seed,
            "control_share": batch.settings.get("control_share", 0.0),
        },
        "items": [
            {
                **{name: getattr(pick, name) for name in names},
                "study_id": task.study_id,
                "pseudonym": pseudonym,
                "thumbnail_url": thumbnail_url(task.study_id),
                "state": task.state,
            }
            for pick, task, pseudonym in rows
        ],
    }
