"""Erasing a patient everywhere: rows, bytes, human work and all; what stays is a tombstone."""

from uuid import UUID

from sqlalchemy import ARRAY, String, cast, func, select, update
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.annotations.canonical import sha256_of
from collimate.annotations.models import Annotation, AnnotationRevision, Submission
from collimate.datasets.models import DatasetEntry, DatasetErasure, DatasetVersion, Export
from collimate.jobs import events
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit import clock
from collimate.kit.errors import NotFound
from collimate.projects.models import Project
from collimate.projects.profile import name_on_tombstone
from collimate.removal import tie
from collimate.studies.models import Cohort, Erasure, Instance, Patient, ReceivedFile, Study
from collimate.studies.spent_blobs import note_spent
from collimate.tasks.models import Read, Task

NAMES_A_PATIENT = 5
EXPORT_GONE = "Removed, because it held a patient who was erased. Write it again."


class PatientNotFound(NotFound):
    """No patient of this project has this pseudonym."""


def hash_of(session: Session, project: Project, pseudonym: str) -> str:
    """The keyed hash of a patient of this project, the same in every project.

    Raises:
        PatientNotFound
    """
    found = session.scalars(
        select(Patient.keyed_hash).where(
            Patient.project_id == project.id, Patient.pseudonym == pseudonym.strip()
        )
    ).first()
    if found is None:
        raise PatientNotFound("Nothing was erased. Copy the pseudonym from the study.")
    return found


def preview(session: Session, keyed_hash: str) -> dict[str, int]:
    """How much an erasure would remove, over all projects."""
    of_patient = select(Study.id).join(Patient).where(Patient.keyed_hash == keyed_hash)
    reads = select(Read.id).join(Task).where(Task.study_id.in_(of_patient))
    hashes = _hashes_of(session, keyed_hash)
    counted = {
        "projects": select(func.count()).where(Patient.keyed_hash == keyed_hash),
        "studies": select(func.count()).select_from(of_patient.subquery()),
        "instances": select(func.count()).where(Instance.study_id.in_(of_patient)),
        "annotation_revisions": select(func.count(AnnotationRevision.id))
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .where(Annotation.read_id.in_(reads)),
        "submissions": select(func.count()).where(Submission.read_id.in_(reads)),
        "dataset_versions": select(func.count(DatasetEntry.dataset_version_id.distinct())).where(
            DatasetEntry.study_id.in_(of_patient)
        ),
        "files_set_aside": select(func.count()).where(
            ReceivedFile.subject_hashes.op("&&")(cast(hashes, ARRAY(String))),
            ReceivedFile.state.in_(tie.SET_ASIDE),
        ),
        "files_unread": select(func.count()).where(*tie.untied()),
    }
    return {name: session.scalar(query) or 0 for name, query in counted.items()}


def _hashes_of(session: Session, keyed_hash: str) -> list[str]:
    """What files of the patient that are set aside may be tied to."""
    known_as = session.scalars(select(Patient.pseudonym).where(Patient.keyed_hash == keyed_hash))
    return [keyed_hash, *sorted({name_on_tombstone(name) for name in known_as})]


def order(session: Session, by: UUID, project: Project, pseudonym: str) -> Erasure:
    """Order the erasure of a patient: out of sight and kept out at once, removed by a job.

    Raises:
        PatientNotFound
    """
    keyed_hash = hash_of(session, project, pseudonym)
    ordered = session.scalars(select(Erasure).where(Erasure.keyed_hash == keyed_hash)).first()
    if ordered is None:
        ordered = Erasure(
            project_id=project.id, ordered_by=by, keyed_hash=keyed_hash,
            pseudonym_hashes=_hashes_of(session, keyed_hash)[1:],
        )  # fmt: skip
        session.add(ordered)
        session.flush()
        audit.record(session, by, "erasure_ordered", "erasure", ordered.id, project_id=project.id)
    patients = select(Patient.id).where(Patient.keyed_hash == keyed_hash)
    session.execute(
        update(Study)
        .where(Study.patient_id.in_(patients), Study.deleted_at.is_(None))
        .values(deleted_at=clock.now(), deleted_by=by, deletion_reason="consent")
    )
    enqueue(
        session, JobKind.ERASE_PATIENT, project_id=ordered.project_id, requested_by=by,
        dedup_key=f"erase:{ordered.id}", erasure_id=ordered.id,
    )  # fmt: skip
    events.publish(session, "study", project.id)
    return ordered


def remove_rows(session: Session, erasure_id: UUID) -> None:
    """Remove every row of the patient, once; frozen versions say what was taken from them."""
    ordered = session.scalars(
        select(Erasure).where(Erasure.id == erasure_id).with_for_update(read=True)
    ).one()
    if ordered.rows_removed_at is not None:
        return
    touched = _frozen_with(session, ordered.keyed_hash)
    _forget_in_cohorts(session, ordered.keyed_hash)
    counts = session.execute(select(func.erase_patient(erasure_id))).scalar_one()
    for version_id, entry_count in touched.items():
        _note_on_version(session, ordered, version_id, entry_count)
    audit.record(
        session, ordered.ordered_by, "patient_erased", "erasure", ordered.id,
        project_id=ordered.project_id, counts=counts,
    )  # fmt: skip
    events.publish(session, "study", ordered.project_id)


def _forget_in_cohorts(session: Session, keyed_hash: str) -> None:
    """A cohort that searches for this patient finds nothing from now on."""
    rows = session.execute(
        select(Patient.pseudonym, Study.study_uid)
        .outerjoin(Study, Study.patient_id == Patient.id)
        .where(Patient.keyed_hash == keyed_hash)
    )
    names = {name.lower() for row in rows for name in row if name}
    for cohort in session.scalars(select(Cohort).where(Cohort.filter.has_key("search"))):
        searched = str(cohort.filter["search"]).strip().lower()
        if len(searched) >= NAMES_A_PATIENT and any(searched in name for name in names):
            cohort.filter = {**cohort.filter, "search": "(erased)"}


def _frozen_with(session: Session, keyed_hash: str) -> dict[UUID, int]:
    rows = session.execute(
        select(DatasetEntry.dataset_version_id, func.count())
        .join(Patient, Patient.id == DatasetEntry.patient_id)
        .where(Patient.keyed_hash == keyed_hash)
        .group_by(DatasetEntry.dataset_version_id)
    )
    return {row[0]: row[1] for row in rows}


def _note_on_version(
    session: Session, ordered: Erasure, version_id: UUID, entry_count: int
) -> None:
    version = session.get_one(DatasetVersion, version_id, populate_existing=True)
    session.add(
        DatasetErasure(
            dataset_version_id=version_id, erasure_id=ordered.id, entry_count=entry_count,
            manifest_sha256=sha256_of(version.manifest),
        )
    )  # fmt: skip
    for export in session.scalars(select(Export).where(Export.dataset_version_id == version_id)):
        note_spent(session, export.project_id, [export.blob_sha256])
        export.blob_sha256 = export.byte_count = export.job_id = None
        export.state, export.error = "cancelled", EXPORT_GONE
        events.publish(session, "export", export.project_id, export_id=export.id)
    audit.record(
        session, ordered.ordered_by, "dataset_entries_erased", "dataset_version", version_id,
        project_id=version.project_id, erasure_id=ordered.id, count=entry_count,
    )  # fmt: skip
    events.publish(session, "dataset", version.project_id, dataset_id=version_id)


def finish(session: Session, erasure_id: UUID) -> None:
    """Note that the bytes are gone too."""
    done = update(Erasure).where(Erasure.id == erasure_id, Erasure.finished_at.is_(None))
    session.execute(done.values(finished_at=clock.now()))
