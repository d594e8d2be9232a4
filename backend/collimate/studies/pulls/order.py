"""Choosing what to pull: which sources a project may use, what matches, and the order itself."""

from collections import Counter
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.kit.errors import NotFound
from collimate.projects.models import Project
from collimate.studies.models import Pull
from collimate.studies.pulls.reach import for_a_look, reach
from collimate.studies.pulls.remote import (
    DATE,
    INSTANCE_COUNT,
    MODALITIES,
    SERIES_COUNT,
    value_of,
    values_of,
)
from collimate.studies.pulls.wanted import Wanted
from collimate.studies.ways_in import DimseSource, Source, ways_in

SHOWN = 50


class SourceNotOpen(NotFound):
    """This project may pull from no source of that name."""


def sources_of(project: Project) -> list[Source | DimseSource]:
    """The sources that are open to a project."""
    mine = {project.name, str(project.id)}
    return [source for source in ways_in().all_sources if mine & set(source.projects)]


def source_named(project: Project, name: str) -> Source | DimseSource:
    """One of them.

    Raises:
        SourceNotOpen
    """
    for source in sources_of(project):
        if source.name == name:
            return source
    raise SourceNotOpen("An administrator opens sources in ways_in.toml.")


def preview(
    session: Session, by: UUID, project: Project, name: str, wanted: Wanted
) -> dict[str, Any]:
    """What matches, counted, with the first few; nobody is named.

    Raises:
        SourceNotOpen, SourceFailed
    """
    source = source_named(project, name)
    audit.record(
        session, by, "source_searched", "project", project.id,
        project_id=project.id, source=source.name,
    )  # fmt: skip
    with reach(source, project, for_a_look()) as remote:
        # one more than wanted tells whether the limit cuts something off
        studies = remote.search(wanted, wanted.limit + 1)
    matched = studies[: wanted.limit]
    modalities = Counter(one for study in matched for one in set(values_of(study, MODALITIES)))
    return {
        "study_count": len(matched),
        "instance_count": sum(_count(study, INSTANCE_COUNT) for study in matched),
        "is_cut_off": len(studies) > wanted.limit,
        "modalities": [{"value": key, "count": n} for key, n in sorted(modalities.items())],
        "items": [_row(study) for study in matched[:SHOWN]],
    }


def _count(study: dict[str, Any], tag: str) -> int:
    text = value_of(study, tag)
    return int(text) if text.isdigit() else 0


def _row(study: dict[str, Any]) -> dict[str, Any]:
    """One match without what may name a person: no description, of the date only the year."""
    year = value_of(study, DATE)[:4]
    return {
        "study_year": int(year) if year.isdigit() and len(year) == 4 else None,
        "modalities": values_of(study, MODALITIES),
        "series_count": _count(study, SERIES_COUNT),
        "instance_count": _count(study, INSTANCE_COUNT),
    }


def order(session: Session, by: UUID, project: Project, name: str, wanted: Wanted) -> Job:
    """Have the puller pull what matches.

    What is searched for may name a person, so it lies in a row that is emptied when the job is
    done, and never among the job's arguments.

    Raises:
        SourceNotOpen
    """
    source = source_named(project, name)
    pull = Pull(
        project_id=project.id, ordered_by=by, source=source.name, wanted=asdict(wanted),
        study_uids=None, done_count=0,
    )  # fmt: skip
    session.add(pull)
    session.flush()
    audit.record(
        session, by, "pull_ordered", "pull", pull.id, project_id=project.id, source=source.name
    )
    return enqueue(
        session, JobKind.PULL_STUDIES, project_id=project.id, requested_by=by, pull_id=pull.id
    )
