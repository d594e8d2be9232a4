"""Giving a case that a model answered back to readers; its record stays."""

from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.jobs import events
from collimate.kit.errors import Conflict
from collimate.projects import members
from collimate.tasks import places
from collimate.tasks.models import Task
from collimate.tasks.states import AUTO_ACCEPTED, ReadState

GIVEN_BACK_REASON = "given back to readers"


class NotAutoAccepted(Conflict):
    """Readers have this case already."""


def managed_task(session: Session, user: User, task_id: UUID) -> Task:
    """The task, for someone who runs the learner of its project.

    Raises:
        TaskNotFound, RoleForbids
    """
    task = session.get(Task, task_id)
    return members.guard(session, user, task, Permission.MANAGE_LEARNING, places.TaskNotFound)


def give_back(session: Session, by: UUID, task: Task) -> Task:
    """Put the case back into the queue; a person asked for it, so that no model takes it again.

    Raises:
        NotAutoAccepted
    """
    task = places.lock_task(session, task.id)
    if task.state != AUTO_ACCEPTED:
        raise NotAutoAccepted("Nothing was changed.")
    task.state, task.arm, task.reason = ReadState.OPEN, "person", GIVEN_BACK_REASON
    session.flush()
    events.publish(session, "task", task.project_id, task_id=task.id)
    audit.record(
        session, by, "auto_accepted_case_given_back", "task", task.id, project_id=task.project_id
    )  # fmt: skip
    return task
