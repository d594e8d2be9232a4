"""Opening what has come in: tasks for new studies, and a look by the learner."""

from uuid import UUID

from collimate.kit.database import open_session
from collimate.studies.jobs import ask_for_embedding
from collimate.tasks import queue


def open_for_reading(project_id: UUID) -> None:
    """Give new studies their tasks and have the learner look at them."""
    with open_session() as session:
        queue.open_missing(session, project_id)
        ask_for_embedding(session, project_id)
