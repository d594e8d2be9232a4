"""The queue as the learner ordered it: what the newest batch asks for, and why."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.learning.due import newest_batch
from collimate.learning.models import QueryPick
from collimate.projects.models import Project
from collimate.projects.rules import reading_rules
from collimate.studies.models import Patient, Study
from collimate.tasks import worklist
from collimate.tasks.models import Task


def queue(session: Session, project: Project, viewer: User, *, limit: int) -> dict[str, Any]:
    """The newest batch and its picks, in the order they are to be read.

    Who may still read a pick does not learn here why it was picked, where readers are not told:
    such picks are left out and counted.
    """
    batch = newest_batch(session, project.id)
    if batch is None:
        return {"batch": None, "items": [], "hidden_count": 0}
    rows = session.execute(
        select(QueryPick, Task, Patient.pseudonym, worklist.is_to_read(viewer, Task.id))
        .join(Task, Task.id == QueryPick.task_id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(QueryPick.query_batch_id == batch.id)
        .order_by(QueryPick.rank)
        .limit(limit)
    ).all()
    rules = reading_rules(project)
    is_reader = worklist.may_still_read(session, viewer, project.id)
    shown = [
        row
        for row in rows
        if not (is_reader and row[3]) or worklist.reason_for_reader(rules, row[1]) is not None
    ]
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
                "thumbnail_url": worklist.thumbnail_url(task.study_id),
                "state": task.state,
            }
            for pick, task, pseudonym, _ in shown
        ],
        "hidden_count": len(rows) - len(shown),
    }
