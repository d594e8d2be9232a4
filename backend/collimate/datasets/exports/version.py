"""A frozen version as plain values, ready to be written in any format."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.models import Submission
from collimate.datasets.models import DatasetVersion
from collimate.dicom.geometry import worst
from collimate.studies.models import Instance


@dataclass(frozen=True)
class FrozenRead:
    """One read of the version; `reader` is a number within it, not a name.

    `provenance` is `reader`, or `auto-accepted` for what a model answered by itself (its weights'
    `model_sha256`): then nobody read it, and `submission_id` is empty.
    `attributes`: answers of the study, its series and images, by scope and target. `trust` is that
    of its least trusted series, with what was found in any (`dicom/geometry.py`); empty in versions
    frozen before series were assessed.
    """

    provenance: str
    model_sha256: str
    submission_id: str
    study_uid: str
    patient: str
    split: str
    reader: str
    submitted_at: str
    label_keys: tuple[str, ...]
    exclusion: str
    quality: str
    attributes: dict[tuple[str, str], dict[str, Any]]
    trust: str
    geometry_findings: tuple[str, ...]
    marks: tuple[dict[str, Any], ...]
    segments: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class FrozenImage:
    """One instance: where its frames lie, and what turns their bytes into a picture.

    `geometry` is the report of its series, as the manifest has it.
    """

    sop_instance_uid: str
    series_uid: str
    study_uid: str
    patient: str
    split: str
    rows: int
    columns: int
    frames_sha256: str
    frame_ranges: list[list[int]]
    pixel_spacing_mm: list[float] | None
    geometry: dict[str, Any]
    dicom_json: dict[str, Any]


@dataclass(frozen=True)
class FrozenVersion:
    """Everything an export may say, in a fixed order."""

    name: str
    manifest: dict[str, Any]
    manifest_sha256: str
    labels: tuple[dict[str, Any], ...]
    attributes: tuple[dict[str, Any], ...]
    reads: tuple[FrozenRead, ...]
    images: tuple[FrozenImage, ...]


def entries_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries that are there; the place of one whose patient was erased names the erasure."""
    return [entry for entry in manifest["entries"] if "erasure_id" not in entry]


def load(session: Session, version: DatasetVersion) -> FrozenVersion:
    """Gather a frozen version; only what its manifest names."""
    entries = sorted(
        entries_of(version.manifest),
        key=lambda entry: (entry["study_uid"], entry.get("submission_id", "")),
    )
    return FrozenVersion(
        name=version.name,
        manifest=version.manifest,
        manifest_sha256=version.manifest_sha256,
        labels=_labels(version.manifest),
        attributes=_attributes(version.manifest),
        reads=_reads(session, entries),
        images=_images(session, entries),
    )


def _newest_first(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(manifest["label_schemas"], key=lambda schema: -schema["version"])


def _attributes(manifest: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Attributes of all schema versions in use; the newest version of a key describes it."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for schema in _newest_first(manifest):
        for attribute in schema.get("attributes", ()):
            found.setdefault((attribute["scope"], attribute["key"]), attribute)
    return tuple(found.values())


def _labels(manifest: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Labels of all schema versions in use; the newest version of a key describes it."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for schema in _newest_first(manifest):
        for label in schema["labels"]:
            found.setdefault((label["kind"], label["key"]), label)
    return tuple(found.values())


def _reads(session: Session, entries: list[dict[str, Any]]) -> tuple[FrozenRead, ...]:
    read = [entry for entry in entries if "submission_id" in entry]
    ids = [UUID(entry["submission_id"]) for entry in read]
    rows = session.scalars(select(Submission).where(Submission.id.in_(ids)))
    contents = {str(row.id): row.content for row in rows}
    readers = sorted({entry["reader_id"] for entry in read})
    numbers = {reader: f"reader-{number}" for number, reader in enumerate(readers, start=1)}
    return tuple(
        _read(entry, contents[entry["submission_id"]], numbers[entry["reader_id"]])
        if "submission_id" in entry
        else _read(entry, {"answer": {"label_keys": entry["label_keys"]}}, "")
        for entry in entries
    )


def _read(entry: dict[str, Any], content: dict[str, Any], reader: str) -> FrozenRead:
    outcome = content.get("outcome") or {}
    reports = entry.get("geometry", [])
    codes = (finding["code"] for report in reports for finding in report["findings"])
    return FrozenRead(
        # Versions of earlier releases hold what readers said and nothing else.
        provenance=entry.get("provenance", "reader"),
        model_sha256=entry.get("model_sha256", ""),
        submission_id=entry.get("submission_id", ""),
        study_uid=entry["study_uid"],
        patient=entry["patient"],
        split=entry["split"],
        reader=reader,
        submitted_at=entry.get("submitted_at") or entry["accepted_at"],
        label_keys=tuple((content.get("answer") or {}).get("label_keys", ())),
        exclusion=outcome.get("exclusion") or "",
        quality=outcome.get("quality") or "",
        attributes={
            (said["scope"], said["target"]): said["values"]
            for said in content.get("attributes", ())
        },
        trust=worst([report["trust"] for report in reports]) if reports else "",
        geometry_findings=tuple(sorted(set(codes))),
        marks=tuple(content.get("marks", ())),
        segments=tuple(content.get("segments", ())),
    )


def _images(session: Session, entries: list[dict[str, Any]]) -> tuple[FrozenImage, ...]:
    ids = [UUID(image["instance_id"]) for entry in entries for image in entry["images"]]
    rows = session.scalars(select(Instance).where(Instance.id.in_(ids)))
    instances = {str(row.id): row for row in rows}
    found: dict[str, FrozenImage] = {}
    for entry in entries:
        reports = {report["series_uid"]: report for report in entry.get("geometry", [])}
        for image in entry["images"]:
            instance = instances[image["instance_id"]]
            found[image["sop_instance_uid"]] = FrozenImage(
                sop_instance_uid=image["sop_instance_uid"],
                series_uid=image["series_uid"],
                study_uid=entry["study_uid"],
                patient=entry["patient"],
                split=entry["split"],
                rows=image["rows"],
                columns=image["columns"],
                frames_sha256=image["frames_sha256"],
                frame_ranges=instance.frame_ranges,
                pixel_spacing_mm=instance.pixel_spacing_mm,
                geometry=reports.get(image["series_uid"], {}),
                dicom_json=instance.dicom_json,
            )
    return tuple(found.values())
