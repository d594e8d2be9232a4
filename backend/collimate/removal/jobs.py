"""Background entry points of this station."""

from typing import Any
from uuid import UUID

from collimate.jobs.kinds import JobKind
from collimate.jobs.run import Handler, JobRun
from collimate.learning.forget import forget_copies
from collimate.removal import blobs, erase, purge, tie
from collimate.studies.models import Study


def purge_studies(run: JobRun) -> dict[str, Any]:
    """Purge one study, or all of the project whose time has run out; then drop their bytes.

    Each study and each blob is a step of its own: whatever stops the job, it goes on there.
    """
    assert run.project_id is not None
    with run.open_session() as session:
        chosen = [UUID(run.arguments["study_id"])] if "study_id" in run.arguments else None
        query = purge.due(run.project_id).with_only_columns(Study.id).order_by(Study.id)
        waiting = chosen or list(session.scalars(query))
    purged = 0
    for number, study_id in enumerate(waiting):
        run.report(number / len(waiting) / 2, f"{number} of {len(waiting)} studies")
        with run.open_session() as session:
            purged += purge.purge_study(session, None, study_id)
    return {"study_count": purged, "blob_count": drop_all(run, run.project_id)}


def drop_all(run: JobRun, project_id: UUID) -> int:
    """Drop every spent blob of a project; answers how many went."""
    waiting, dropped = blobs.spent_of(project_id), 0
    for number, sha256 in enumerate(waiting):
        run.report(0.5 + number / len(waiting) / 2, f"{number} of {len(waiting)} files removed")
        dropped += blobs.drop_spent(sha256)
    return dropped


def erase_patient(run: JobRun) -> dict[str, Any]:
    """Remove every row of a patient in one step, then the bytes one by one."""
    erasure_id = UUID(run.arguments["erasure_id"])
    with run.open_session() as session:
        untied = tie.untied_files(session)
    for number, file_id in enumerate(untied):
        run.report(0.1 * number / len(untied), f"{number} of {len(untied)} files set aside")
        with run.open_session() as session:
            tie.tie(session, file_id)
    run.report(0.1, "rows")
    with run.open_session() as session:
        erase.remove_rows(session, erasure_id)
        projects = blobs.projects_with_spent(session)
    forget_copies()
    count = sum(drop_all(run, project_id) for project_id in projects)
    with run.open_session() as session:
        erase.finish(session, erasure_id)
    return {"blob_count": count}


HANDLERS: dict[JobKind, Handler] = {
    JobKind.PURGE_STUDIES: purge_studies,
    JobKind.ERASE_PATIENT: erase_patient,
}
