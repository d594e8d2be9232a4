"""Rows and blobs of a prepared image: patient, study, series, instance."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from collimate.dicom.near_duplicates import bands
from collimate.dicom.prepared import PreparedInstance
from collimate.kit import ids
from collimate.kit.blobs import Blob, blob_of, blobs
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules
from collimate.studies import raw_bytes
from collimate.studies.answer_keys import keep_answer_key
from collimate.studies.delete import restore_study
from collimate.studies.models import Instance, Patient, ReceivedFile, Series, Study
from collimate.studies.subject import Subjects
from collimate.studies.summaries import series_json, study_json

SEXES = frozenset({"M", "F", "O"})


class Conflicting(Exception):
    """Another image has this identity already, with other contents."""


class SeriesElsewhere(Exception):
    """The series this image names belongs to another study."""


Written = dict[str, tuple[Path, Blob]]
"""What the sandbox wrote for one image: name, place, address."""


def written_for(prepared: PreparedInstance, out: Path) -> Written:
    """What is to be stored of what the sandbox wrote into `out`."""
    optional = {
        "frames.raw": prepared.frames_in == "frames",
        "progressive.jhc": bool(prepared.progressive_ranges),
    }
    names = ["instance.dcm", "thumbnail.jpg", *(name for name in optional if optional[name])]
    return {name: (out / name, blob_of(out / name)) for name in names}


def keep_written(session: Session, several: Sequence[Written]) -> None:
    """Store it, durable at once; nobody drops it before the transaction ends."""
    files = [one for written in several for one in written.values()]
    if files:
        raw_bytes.hold_all(session, {blob.sha256 for _, blob in files})
        blobs().adopt(list({blob.sha256: (path, blob) for path, blob in files}.values()))


class NameAppeared(Exception):
    """The subject got another pseudonym here since the image was read; it has to be read anew.

    `stored` are the addresses of what was written under the other one, for nobody.
    """

    stored: frozenset[str] = frozenset()


def hold_admission(session: Session, project_id: UUID) -> None:
    """Nobody else adds images to the project, and nobody is erased, until the transaction ends."""
    key = func.hashtextextended(f"admit:{project_id}", 3)
    session.execute(select(func.pg_advisory_xact_lock(key)))


class Admission:
    """Adds prepared images to a project, several in one transaction.

    From its making to the end of the transaction, nobody else adds images to the project.
    """

    def __init__(
        self, session: Session, project: Project, prepared: Sequence[PreparedInstance]
    ) -> None:
        self.session, self.project = session, project
        hold_admission(session, project.id)
        self._visible = self._find_same(prepared)
        self._instances = self._by_uid(
            Instance, Instance.sop_instance_uid, {one.sop_instance_uid for one in prepared}
        )
        self._series = self._by_uid(Series, Series.series_uid, {one.series_uid for one in prepared})
        self._studies = self._by_uid(Study, Study.study_uid, {one.study_uid for one in prepared})
        self._subjects = Subjects(session, project.id)
        self._touched: dict[UUID, tuple[Study, PreparedInstance]] = {}
        self._touched_series: dict[UUID, tuple[Series, PreparedInstance]] = {}

    def _by_uid(self, table: Any, uid: Any, uids: set[str]) -> dict[str, Any]:
        mine = select(table).where(table.project_id == self.project.id, uid.in_(uids))
        return {getattr(row, uid.key): row for row in self.session.scalars(mine)}

    def _find_same(self, prepared: Sequence[PreparedInstance]) -> list[Instance]:
        """Visible images that may be one of these."""
        sources = [one.source_sha256 for one in prepared]
        same = select(Instance).where(
            Instance.project_id == self.project.id,
            or_(
                Instance.content_sha256.in_([one.content_sha256 for one in prepared]),
                Instance.file_sha256.in_(sources),
                Instance.source_sha256.in_(sources),
            ),
        )
        visible = same.join(Study, Study.id == Instance.study_id).where(Study.deleted_at.is_(None))
        return list(self.session.scalars(visible.order_by(Instance.id)))

    def known(self, prepared: PreparedInstance) -> Instance | None:
        """The visible image with this content, stored as this file, or from the same bytes."""
        return next((one for one in self._visible if _is_known(one, prepared)), None)

    def admit(self, file: ReceivedFile, prepared: PreparedInstance, written: Written) -> Instance:
        """Add the image to its study; an image of a deleted study brings the study back.

        Raises:
            Conflicting, SeriesElsewhere: nothing was changed.
            NameAppeared
        """
        there = self._instances.get(prepared.sop_instance_uid)
        if there is not None and not _is_same(there, prepared):
            raise Conflicting
        series = self._series.get(prepared.series_uid)
        study = self._studies.get(prepared.study_uid)
        if series is not None and (study is None or series.study_id != study.id):
            raise SeriesElsewhere
        patient = self._patient(file.facts, prepared)
        study = study or self._study(patient, file.facts, prepared)
        if study.deleted_at is not None:
            restore_study(self.session, file.received_by, study)
        series = series or self._new_series(study, prepared)
        study.quality = study.quality or prepared.quality
        instance = there or _instance(series, prepared, written)
        if there is None:
            self.session.add(instance)
            self._instances[prepared.sop_instance_uid] = instance
            study.instance_count += 1
            series.instance_count += 1
            series.is_assessed = False
        self._visible.append(instance)
        self._touched.setdefault(study.id, (study, prepared))
        self._touched_series.setdefault(series.id, (series, prepared))
        facts, uid = file.facts, prepared.sop_instance_uid
        keep_answer_key(self.session, self.project.id, study.id, facts, uid)
        return instance

    def finish(self) -> None:
        """Describe the studies and series that were added to, and write everything."""
        self.session.flush()
        for study, prepared in self._touched.values():
            modalities = self.session.scalars(
                select(Series.modality).where(Series.study_id == study.id).distinct()
            )
            study.dicom_json = study_json(
                study.dicom_json or prepared.dicom_json,
                modalities=sorted(modalities),
                series_count=study.series_count,
                instance_count=study.instance_count,
            )
        for series, prepared in self._touched_series.values():
            series.dicom_json = series_json(
                series.dicom_json or prepared.dicom_json, instance_count=series.instance_count
            )
        self.session.flush()

    def _patient(self, facts: dict[str, Any], prepared: PreparedInstance) -> Patient:
        subject = self._subjects.of(prepared)
        if subject.pseudonym != prepared.pseudonym:
            raise NameAppeared
        if subject.patient is not None:
            return subject.patient
        said = facts.get("is_holdout")
        share = learning_rules(self.project).holdout_share
        sex = facts.get("sex") if facts.get("sex") in SEXES else prepared.study.get("patient_sex")
        age = facts.get("age_years")
        patient = Patient(
            project_id=self.project.id,
            pseudonym=subject.pseudonym,
            keyed_hash=subject.keyed_hash,
            sex=sex,
            age_years=prepared.study.get("patient_age_years") if age is None else min(age, 90),
            is_holdout=is_drawn(subject.keyed_hash, share) if said is None else bool(said),
        )
        self.session.add(patient)
        self.session.flush()
        self._subjects.forget(prepared)
        return patient

    def _study(self, patient: Patient, facts: dict[str, Any], prepared: PreparedInstance) -> Study:
        study = _study(patient, facts, prepared)
        self.session.add(study)
        self.session.flush()
        self._studies[prepared.study_uid] = study
        return study

    def _new_series(self, study: Study, prepared: PreparedInstance) -> Series:
        series = Series(
            project_id=study.project_id,
            study_id=study.id,
            series_uid=prepared.series_uid,
            modality=prepared.series["modality"],
            series_number=prepared.series.get("series_number"),
            instance_count=0,
        )
        self.session.add(series)
        study.series_count += 1
        self.session.flush()
        self._series[prepared.series_uid] = series
        return series


def _is_known(one: Instance, prepared: PreparedInstance) -> bool:
    same_name = one.sop_instance_uid == prepared.sop_instance_uid
    return (
        one.content_sha256 == prepared.content_sha256
        or one.file_sha256 == prepared.source_sha256
        or (same_name and one.source_sha256 == prepared.source_sha256)
    )


def _is_same(there: Instance, prepared: PreparedInstance) -> bool:
    return (
        there.content_sha256 == prepared.content_sha256
        or there.source_sha256 == prepared.source_sha256
    )


def is_drawn(patient_hash: str, share: float) -> bool:
    """Whether a patient falls into the hold-out: the same answer in every project, for ever."""
    digest = hashlib.sha256(f"holdout:{patient_hash}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def _study(patient: Patient, facts: dict[str, Any], prepared: PreparedInstance) -> Study:
    shifted = prepared.study.get("study_date")
    site = facts.get("site")
    return Study(
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


COPIED = (
    "sop_instance_uid", "sop_class_uid", "instance_number", "source_sha256",
    "content_sha256",
    "original_transfer_syntax_uid", "served_transfer_syntax_uid", "frame_ranges", "rows",
    "progressive_ranges",
    "columns", "frame_count", "samples_per_pixel", "bits_allocated", "photometric_interpretation",
    "pixel_spacing_mm", "is_lossy", "burned_in_suspected", "quality", "picture_hash",
    "removed", "actions", "dicom_json",
)  # fmt: skip


def _instance(series: Series, prepared: PreparedInstance, written: Written) -> Instance:
    address = {name: blob.sha256 for name, (_, blob) in written.items()}
    return Instance(
        id=ids.new_id(),
        project_id=series.project_id,
        study_id=series.study_id,
        series_id=series.id,
        file_sha256=address["instance.dcm"],
        file_bytes=written["instance.dcm"][1].byte_count,
        frames_sha256=address.get("frames.raw", address["instance.dcm"]),
        progressive_sha256=address.get("progressive.jhc"),
        thumbnail_sha256=address["thumbnail.jpg"],
        picture_bands=None if prepared.picture_hash is None else bands(prepared.picture_hash),
        **{name: getattr(prepared, name) for name in COPIED},
    )
