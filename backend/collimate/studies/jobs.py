"""Background entry points of this station."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.run import Handler, JobRun
from collimate.studies.drain import ingest_waiting
from collimate.studies.states import FileState


def ingest_received(run: JobRun) -> dict[str, Any]:
    """Ingest what waits in the job's project, then have new studies looked at."""
    assert run.project_id is not None
    counts = ingest_waiting(run.project_id, run)
    if counts.get(FileState.ACCEPTED):
        with run.open_session() as session:
            ask_for_embedding(session, run.project_id)
    return {f"{state}_count": count for state, count in counts.items()}


def ask_for_embedding(session: Session, project_id: UUID) -> None:
    """Have the ML worker look at new studies; asked twice it comes once."""
    enqueue(
        session,
        JobKind.EMBED_STUDIES,
        project_id=project_id,
        dedup_key=f"embed:{project_id}",
    )


HANDLERS: dict[JobKind, Handler] = {JobKind.INGEST_RECEIVED: ingest_received}
