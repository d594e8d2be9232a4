"""Keeping what a list is narrowed to under a name, with or without the studies it finds now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.jobs import events
from collimate.kit.errors import Conflict, NotFound
from collimate.projects import members
from collimate.projects.models import Project
from collimate.studies.attributes import bounded
from collimate.studies.browse import criteria, matching, read_filter
from collimate.studies.chosen import chosen_studies
from collimate.studies.models import Cohort, CohortStudy, Study


class CohortNotFound(NotFound):
    """There is no such cohort."""


class CohortNameTaken(Conflict):
    """A cohort of this name exists already."""


class CohortAskedAnew(Conflict):
    """This cohort holds what its filter finds, so nothing can be added by hand."""


def authorised(session: Session, user: User, cohort_id: UUID, permission: Permission) -> Cohort:
    """The cohort, for someone who may do this in its project.

    Raises:
        CohortNotFound, RoleForbids
    """
    return members.guard(session, user, session.get(Cohort, cohort_id), permission, CohortNotFound)


def of_project(session: Session, project: Project, cohort_id: UUID) -> Cohort:
    """A cohort of this project.

    Raises:
        CohortNotFound
    """
    found = session.get(Cohort, cohort_id)
    if found is None or found.project_id != project.id:
        raise CohortNotFound()
    return found


def save(
    session: Session,
    by: User,
    project: Project,
    *,
    name: str,
    said: dict[str, Any],
    freeze: bool,
    study_ids: Sequence[UUID] | None = None,
) -> dict[str, Any]:
    """Keep a filter under a name; with `freeze` also the studies that fulfil it now, for good.

    With `study_ids` it is a frozen list of these.

    Raises:
        CohortNameTaken, BadQualityRange, BadAttributeCondition, SearchTooSlow
    """
    name, chosen = name.strip(), read_filter(said)
    freeze = freeze or study_ids is not None
    session.execute(
        select(Project.id).where(Project.id == project.id).with_for_update(key_share=True)
    )
    taken = select(Cohort.id).where(Cohort.project_id == project.id, Cohort.name == name)
    if session.scalar(taken) is not None:
        raise CohortNameTaken("Choose another name.")
    cohort = Cohort(
        project_id=project.id, name=name, made_by=by.id, is_frozen=freeze,
        filter={key: value for key, value in said.items() if value not in (None, [])},
    )  # fmt: skip
    session.add(cohort)
    session.flush()
    if study_ids is not None:
        _put(session, cohort, chosen_studies(session, project.id, study_ids))
    elif freeze:
        found = matching(literal(cohort.id), Study.id).where(criteria(project.id, chosen))
        with bounded(session, chosen.attributes):
            session.execute(insert(CohortStudy).from_select(["cohort_id", "study_id"], found))
    audit.record(
        session, by.id, "cohort_saved", "cohort", cohort.id, project_id=project.id, frozen=freeze
    )
    events.publish(session, "study", project.id)
    return describe(session, cohort, by.name)


def add(session: Session, by: UUID, cohort: Cohort, study_ids: Sequence[UUID]) -> dict[str, Any]:
    """Put studies of its project into a frozen cohort; what is in it stays.

    Raises:
        CohortAskedAnew
    """
    if not cohort.is_frozen:
        raise CohortAskedAnew("Choose a frozen cohort, or save the chosen studies as a new one.")
    _put(session, cohort, study_ids)
    audit.record(
        session, by, "cohort_grown", "cohort", cohort.id, project_id=cohort.project_id,
        count=len(study_ids),
    )  # fmt: skip
    events.publish(session, "study", cohort.project_id)
    return describe(session, cohort, session.get_one(User, cohort.made_by).name)


def _put(session: Session, cohort: Cohort, study_ids: Sequence[UUID]) -> None:
    rows = [{"cohort_id": cohort.id, "study_id": one} for one in study_ids]
    if rows:
        session.execute(upsert(CohortStudy).on_conflict_do_nothing(), rows)


def remove(session: Session, by: UUID, cohort: Cohort) -> None:
    """Give up the name; studies, datasets and assignments made with it stay."""
    session.execute(delete(CohortStudy).where(CohortStudy.cohort_id == cohort.id))
    session.delete(cohort)
    audit.record(session, by, "cohort_removed", "cohort", cohort.id, project_id=cohort.project_id)
    events.publish(session, "study", cohort.project_id)


def listed(session: Session, project_id: UUID) -> list[dict[str, Any]]:
    """The cohorts of a project by name."""
    rows = session.execute(
        select(Cohort, User.name)
        .join(User, User.id == Cohort.made_by)
        .where(Cohort.project_id == project_id)
        .order_by(Cohort.name)
    )
    return [describe(session, cohort, name) for cohort, name in rows]


def describe(session: Session, cohort: Cohort, made_by_name: str) -> dict[str, Any]:
    """A cohort as JSON has it; how many studies only where the list is frozen."""
    count = select(func.count()).where(CohortStudy.cohort_id == cohort.id)
    fields = ("id", "name", "filter", "is_frozen", "created_at")
    return {
        **{field: getattr(cohort, field) for field in fields},
        "made_by_name": made_by_name,
        "study_count": session.scalar(count) if cohort.is_frozen else None,
    }


def studies_of(cohort: Cohort) -> Select[UUID]:
    """The ids of its studies that are there: the frozen ones, or those that fulfil it now."""
    if cohort.is_frozen:
        return (
            select(CohortStudy.study_id)
            .join(Study, Study.id == CohortStudy.study_id)
            .where(CohortStudy.cohort_id == cohort.id, Study.deleted_at.is_(None))
        )
    return matching(Study.id).where(criteria(cohort.project_id, read_filter(cohort.filter)))
