"""Taking a study away (PS3.18 has no such transaction; servers agree on DELETE of its address).

The study leaves every list at once; its bytes go later, when it is purged, and no frozen dataset
loses them before.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies.browse import StudyNotFound
from collimate.studies.delete import delete_study
from collimate.studies.dicomweb.retrieve import STUDY
from collimate.studies.models import Study

router = APIRouter()
ManagedProject = Annotated[Project, project_for(Permission.MANAGE_DATA)]


def managed_study(session: SessionDep, project: ManagedProject, study_uid: str) -> Study:
    """The study with this UID, for someone who manages the data of the project."""
    study = session.query(Study).filter_by(project_id=project.id, study_uid=study_uid).one_or_none()
    if study is None or study.deleted_at is not None:
        raise StudyNotFound()
    return study


ManagedStudy = Annotated[Study, Depends(managed_study, scope="function")]


@router.delete(STUDY, status_code=204)
def delete_study_by_uid(session: SessionDep, actor: ActorDep, study: ManagedStudy) -> None:
    delete_study(session, actor.user.id, study)
