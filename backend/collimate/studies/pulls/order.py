"""Choosing what to pull: which sources a project may use, what matches, and the order itself."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
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
from collimate.studies.pulls.remote import Remote, value_of, values_of
from collimate.studies.ways_in import Source, ways_in

SHOWN = 50
_MODALITIES, _DATE = "00080061", "00080020"
_SERIES_COUNT, _INSTANCE_COUNT = "00201206", "00201208"


class SourceNotOpen(NotFound):
    """This project may pull from no source of that name."""


@dataclass(frozen=True)
class Wanted:
    """Which studies; texts may hold the wildcards * and ? (PS3.4 C.2.2.2.4)."""

    modality: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    patient_id: str | None = None
    patient_name: str | None = None
    accession_number: str | None = None
    study_description: str | None = None
    limit: int = 100

    def query(self) -> list[tuple[str, str]]:
        """The parameters of a QIDO-RS search."""
        named = {
            "ModalitiesInStudy": self.modality,
            "StudyDate": self._dates(),
            "PatientID": self.patient_id,
            "PatientName": self.patient_name,
            "AccessionNumber": self.accession_number,
            "StudyDescription": self.study_description,
        }
        asked = [(name, value) for name, value in named.items() if value]
        fields = (_MODALITIES, _SERIES_COUNT, _INSTANCE_COUNT)
        return [*asked, *(("includefield", field) for field in fields)]

    def _dates(self) -> str | None:
        """A range (PS3.4 C.2.2.2.5); an open end stays empty."""
        if self.date_from is None and self.date_to is None:
            return None
        ends = [date.fromisoformat(one).strftime("%Y%m%d") if one else ""
                for one in (self.date_from, self.date_to)]  # fmt: skip
        return ends[0] if ends[0] == ends[1] else "-".join(ends)


def sources_of(project: Project) -> list[Source]:
    """The sources that are open to a project."""
    mine = {project.name, str(project.id)}
    return [source for source in ways_in().sources if mine & set(source.projects)]


def source_named(project: Project, name: str) -> Source:
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
    with Remote(source) as remote:
        # one more than wanted tells whether the limit cuts something off
        studies = remote.search(wanted.query(), wanted.limit + 1)
    matched = studies[: wanted.limit]
    modalities = Counter(one for study in matched for one in set(values_of(study, _MODALITIES)))
    return {
        "study_count": len(matched),
        "instance_count": sum(_count(study, _INSTANCE_COUNT) for study in matched),
        "is_cut_off": len(studies) > wanted.limit,
        "modalities": [{"value": key, "count": n} for key, n in sorted(modalities.items())],
        "items": [_row(study) for study in matched[:SHOWN]],
    }


def _count(study: dict[str, Any], tag: str) -> int:
    text = value_of(study, tag)
    return int(text) if text.isdigit() else 0


def _row(study: dict[str, Any]) -> dict[str, Any]:
    """One match without what may name a person: no description, of the date only the year."""
    year = value_of(study, _DATE)[:4]
    return {
        "study_year": int(year) if year.isdigit() and len(year) == 4 else None,
        "modalities": values_of(study, _MODALITIES),
        "series_count": _count(study, _SERIES_COUNT),
        "instance_count": _count(study, _INSTANCE_COUNT),
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
