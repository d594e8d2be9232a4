"""Rows and blobs of a prepared image: patient, study, series, instance."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from collimate.dicom.near_duplicates import bands
from collimate.dicom.prepared import PreparedInstance
from collimate.kit.blobs import blob_of, blobs
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules
from collimate.studies import raw_bytes
from collimate.studies.answer_keys import keep_answer_key
from collimate.studies.delete import restore_study
from collimate.studies.models import Instance, Patient, ReceivedFile, Series, Study
from collimate.studies.subject import subject_of
from collimate.studies.summaries import series_json, study_json

SEXES = frozenset({"M", "F", "O"})


class Conflicting(Exception):
    """Another image has this identity already, with other contents."""


class SeriesElsewhere(Exception):
    """The series this image names belongs to another study."""


@dataclass(frozen=True)
class StoredImage:
    """Where the parts of a prepared image lie (hex SHA-256)."""

    file_sha256: str
    file_bytes: int
    frames_sha256: str
    progressive_sha256: str | None
    thumbnail_sha256: str


def keep_blobs(session: Session, prepared: PreparedInstance, out: Path) -> StoredImage:
    """Store what the sandbox wrote into `out`; nobody drops it before the transaction ends."""
    optional = {
        "frames.raw": prepared.frames_in == "frames",
        "progressive.jhc": bool(prepared.progressive_ranges),
    }
    names = ["instance.dcm", "thumbnail.jpg", *(name for name in optional if optional[name])]
    written = {name: blob_of(out / name) for name in names}
    raw_bytes.hold_all(session, {blob.sha256 for blob in written.values()})
    blobs().adopt([(out / name, blob) for name, blob in written.items()])
    file = written["instance.dcm"]
    large = written.get("progressive.jhc")
    return StoredImage(
        file_sha256=file.sha256,
        file_bytes=file.byte_count,
        frames_sha256=written.get("frames.raw", file).sha256,
        progressive_sha256=None if large is None else large.sha256,
        thumbnail_sha256=written["thumbnail.jpg"].sha256,
    )


def known_as(session: Session, project_id: UUID, prepared: PreparedInstance) -> Instance | None:
    """The visible image that came from the same bytes or has the same content.

    From here to the end of the transaction, nobody else adds images to the project.
    """
    key = func.hashtextextended(f"admit:{project_id}", 3)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    known = session.scalars(
        select(Instance)
        .join(Study, Study.id == Instance.study_id)
        .where(Instance.project_id == project_id, _same(prepared), Study.deleted_at.is_(None))
        .order_by(Instance.id)
        .limit(1)
    )
    return known.first()


def _same(prepared: PreparedInstance) -> ColumnElement[bool]:
    """By content, by being the stored file itself, or by the bytes it came as."""
    return or_(
        Instance.content_sha256 == prepared.content_sha256,
        Instance.file_sha256 == prepared.source_sha256,
        and_(
            Instance.source_sha256 == prepared.source_sha256,
            Instance.sop_instance_uid == prepared.sop_instance_uid,
        ),
    )


def admit(
    session: Session,
    project: Project,
    file: ReceivedFile,
    prepared: PreparedInstance,
    stored: StoredImage,
) -> Instance:
    """Add the image to its study; an image of a deleted study brings the study back.

    Raises:
        Conflicting, SeriesElsewhere: nothing was changed.
    """
    there = session.scalars(
        select(Instance).where(
            Instance.project_id == project.id,
            Instance.sop_instance_uid == prepared.sop_instance_uid,
        )
    ).one_or_none()
    if there is not None and not _is_same(there, prepared):
        raise Conflicting
    series = session.scalars(
        select(Series).where(
            Series.project_id == project.id, Series.series_uid == prepared.series_uid
        )
    ).one_or_none()
    study = session.scalars(
        select(Study).where(Study.project_id == project.id, Study.study_uid == prepared.study_uid)
    ).one_or_none()
    if series is not None and (study is None or series.study_id != study.id):
        raise SeriesElsewhere
    patient = _patient(session, project, file.facts, prepared)
    study = study or _study(session, patient, file.facts, prepared)
    if study.deleted_at is not None:
        restore_study(session, file.received_by, study)
    series = series or _series(session, study, prepared)
    study.quality = study.quality or prepared.quality
    instance = there or _instance(session, series, prepared, stored)
    if there is None:
        study.instance_count += 1
        series.instance_count += 1
        series.is_assessed = False
    _describe(session, study, series, prepared)
    keep_answer_key(session, project.id, study.id, file.facts, prepared.sop_instance_uid)
    session.flush()
    return instance


def _is_same(there: Instance, prepared: PreparedInstance) -> bool:
    return (
        there.content_sha256 == prepared.content_sha256
        or there.source_sha256 == prepared.source_sha256
    )


def _patient(
    session: Session, project: Project, facts: dict[str, Any], prepared: PreparedInstance
) -> Patient:
    subject = subject_of(session, project.id, prepared)
    if subject.patient is not None:
        return subject.patient
    said = facts.get("is_holdout")
    share = learning_rules(project).holdout_share
    sex = facts.get("sex") if facts.get("sex") in SEXES else prepared.study.get("patient_sex")
    age = facts.get("age_years")
    patient = Patient(
        project_id=project.id,
        pseudonym=subject.pseudonym,
        keyed_hash=subject.keyed_hash,
        sex=sex,
        age_years=prepared.study.get("patient_age_years") if age is None else min(age, 90),
        is_holdout=is_drawn(subject.keyed_hash, share) if said is None else bool(said),
    )
    session.add(patient)
    session.flush()
    return patient


def is_drawn(patient_hash: str, share: float) -> bool:
    """Whether a patient falls into the hold-out: the same answer in every project, for ever."""
    digest = hashlib.sha256(f"holdout:{patient_hash}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def _study(
    session: Session, patient: Patient, facts: dict[str, Any], prepared: PreparedInstance
) -> Study:
    shifted = prepared.study.get("study_date")
    site = facts.get("site")
    study = Study(
        project_id=patient.project_id,
        patient_id=patient.id,
        study_uid=prepared.study_uid,
        study_date=date.fromisoformat(shifted) if shifted else None,
        modality=prepared.series["modality"],
        body_part=prepared.study.get("body_part") or prepared.series.get("body_part"),
        site=str(site)[:64] if site else None,
        manufacturer=prepared.series.get("manufacturer"),
        manufacturer_model_name=prepared.series.get("manufacturer_model_name"),
        series_count=0,
        instance_count=0,
        quality=prepared.quality,
    )
    session.add(study)
    session.flush()
    return study


def _series(session: Session, study: Study, prepared: PreparedInstance) -> Series:
    series = Series(
        project_id=study.project_id,
        study_id=study.id,
        series_uid=prepared.series_uid,
        modality=prepared.series["modality"],
        series_number=prepared.series.get("series_number"),
        instance_count=0,
    )
    session.add(series)
    session.flush()
    study.series_count += 1
    return series


COPIED = (
    "sop_instance_uid", "sop_class_uid", "instance_number", "source_sha256",
    "content_sha256",
    "original_transfer_syntax_uid", "served_transfer_syntax_uid", "frame_ranges", "rows",
    "progressive_ranges",
    "columns", "frame_count", "samples_per_pixel", "bits_allocated", "photometric_interpretation",
    "pixel_spacing_mm", "is_lossy", "burned_in_suspected", "quality", "picture_hash",
    "removed", "actions", "dicom_json",
)  # fmt: skip


def _instance(
    session: Session, series: Series, prepared: PreparedInstance, stored: StoredImage
) -> Instance:
    instance = Instance(
        project_id=series.project_id,
        study_id=series.study_id,
        series_id=series.id,
        file_sha256=stored.file_sha256,
        file_bytes=stored.file_bytes,
        frames_sha256=stored.frames_sha256,
        progressive_sha256=stored.progressive_sha256,
        thumbnail_sha256=stored.thumbnail_sha256,
        picture_bands=None if prepared.picture_hash is None else bands(prepared.picture_hash),
        **{name: getattr(prepared, name) for name in COPIED},
    )
    session.add(instance)
    session.flush()
    return instance


def _describe(session: Session, study: Study, series: Series, prepared: PreparedInstance) -> None:
    modalities = session.scalars(
        select(Series.modality).where(Series.study_id == study.id).distinct()
    )
    study.dicom_json = study_json(
        study.dicom_json or prepared.dicom_json,
        modalities=sorted(modalities),
        series_count=study.series_count,
        instance_count=study.instance_count,
    )
    series.dicom_json = series_json(
        series.dicom_json or prepared.dicom_json, instance_count=series.instance_count
    )
