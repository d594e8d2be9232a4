"""The job that pulls: study after study, each file through the same door as an upload."""

from contextlib import closing
from typing import Any
from uuid import UUID

from collimate.access import audit
from collimate.dicom.identity import check_uid
from collimate.dicom.rejection import Rejected
from collimate.jobs.run import JobFailed, JobRun
from collimate.kit.blobs import blob_of, work_folder
from collimate.projects.models import Project
from collimate.studies.act import Act, WayIn
from collimate.studies.models import Pull
from collimate.studies.pulls.order import SourceNotOpen, source_named
from collimate.studies.pulls.reach import reach
from collimate.studies.pulls.remote import STUDY_UID, Remote, SourceFailed, value_of
from collimate.studies.pulls.wanted import Wanted
from collimate.studies.receive import ask_for_ingest, keep


def pull_studies(run: JobRun) -> dict[str, Any]:
    """Pull what was ordered; a job that was stopped goes on with the study it was at.

    Raises:
        JobFailed: the source is closed to the project now, or does not answer.
        JobCancelled: what came before stays.
    """
    pull_id = UUID(run.arguments["pull_id"])
    with run.open_session() as session:
        pull = session.get_one(Pull, pull_id)
        project = session.get_one(Project, pull.project_id)
        try:
            source = source_named(project, pull.source)
        except SourceNotOpen as error:
            raise JobFailed("The source is no longer open to this project.") from error
    try:
        with reach(source, project, run.check) as remote:
            _pull(run, pull_id, remote)
    except SourceFailed as error:
        raise JobFailed(f"{error.detail} What came before was kept; try again.") from error
    with run.open_session() as session:
        pull = session.get_one(Pull, pull_id, with_for_update=True)
        pull.wanted, pull.study_uids = {}, []
        audit.record(
            session, pull.ordered_by, "pull_done", "pull", pull.id,
            project_id=pull.project_id, study_count=pull.done_count,
            missing_image_count=pull.missing_count,
        )  # fmt: skip
        return {"study_count": pull.done_count, "missing_image_count": pull.missing_count}


def _pull(run: JobRun, pull_id: UUID, remote: Remote) -> None:
    uids = _found(run, pull_id, remote)
    while True:
        with run.open_session() as session:
            pull = session.get_one(Pull, pull_id)
            done, project_id, by = pull.done_count, pull.project_id, pull.ordered_by
        run.report(done / max(len(uids), 1), _progress(pull, len(uids)))
        if done == len(uids):
            return
        missing_before = remote.missing_count
        _take_study(run, remote, uids[done], project_id, Act(WayIn.PULL, by, pull_id))
        with run.open_session() as session:
            pull = session.get_one(Pull, pull_id, with_for_update=True)
            pull.done_count += 1
            pull.missing_count += remote.missing_count - missing_before
            ask_for_ingest(session, project_id, by)


def _progress(pull: Pull, total: int) -> str:
    done = f"{pull.done_count} of {total} studies"
    if not pull.missing_count:
        return done
    return f"{done}; the server did not send {pull.missing_count} of their images"


def _found(run: JobRun, pull_id: UUID, remote: Remote) -> list[str]:
    """The UIDs of what matched when the job first ran: later tries go on with the same list."""
    with run.open_session() as session:
        pull = session.get_one(Pull, pull_id)
        wanted, known = Wanted(**pull.wanted), pull.study_uids
    if known is not None:
        return list(known)
    studies = remote.search(wanted, wanted.limit)
    try:
        uids = [check_uid(value_of(study, STUDY_UID)) for study in studies]
    except Rejected:
        raise SourceFailed("It names a study by something that is no UID.") from None
    with run.open_session() as session:
        session.get_one(Pull, pull_id, with_for_update=True).study_uids = uids
    return uids


def _take_study(run: JobRun, remote: Remote, uid: str, project_id: UUID, act: Act) -> None:
    with work_folder() as folder, closing(remote.images(uid, folder)) as images:
        for number, path in enumerate(images):
            run.check()
            name, blob = f"pulled {number + 1}", blob_of(path)
            with run.open_session() as session:
                keep(session, project_id, act=act, name=name, path=path, blob=blob)
            path.unlink()
