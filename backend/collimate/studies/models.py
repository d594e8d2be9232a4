"""Patients (pseudonyms only), studies, series, instances, and files as they were received."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Computed,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit import clock
from collimate.kit.database import Row, Table

BROWSED_BY: tuple[tuple[str, ...], ...] = (
    (), ("modality",), ("body_part",), ("site",), ("manufacturer",), ("manufacturer_model_name",),
    ("trust",),
)  # fmt: skip


class Patient(Row):
    """A person known only by pseudonym.

    `keyed_hash` is the same in every project of this installation, so the split derived from it
    keeps a patient on one side for ever. `is_holdout` is set once and never changes.
    """

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("project_id", "keyed_hash"),
        Index("ix_patient_pseudonym_grams", text("text_grams(pseudonym)"), postgresql_using="gin"),
        Index(
            "ix_patient_plain_pseudonym_grams",
            text("text_grams(regexp_replace(lower(pseudonym), '[^a-z0-9]', '', 'g'))"),
            postgresql_using="gin",
        ),
        # wildcards at the end of a text find their way by this operator class
        Index(
            "ix_patient_project_id_pseudonym", "project_id", "pseudonym",
            postgresql_ops={"pseudonym": "text_pattern_ops"},
        ),
    )  # fmt: skip

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    pseudonym: Mapped[str]
    keyed_hash: Mapped[str]
    sex: Mapped[str | None]
    age_years: Mapped[int | None]
    is_holdout: Mapped[bool]


class Study(Row):
    """One DICOM study in one project, already de-identified.

    `deleted_at`: taken away, restorable until `purged_at`, when its images went for good; the row
    stays, because reads and frozen datasets name it. `deletion_reason` as in `studies/delete.py`.
    `found_json` is `dicom_json` with the Retrieve URL, as a search shows it; the database makes it.
    `revision` is counted up by a trigger whenever its instances change, so that what was made
    from them (metadata, frame index) is known to be out of date.
    """

    __tablename__ = "study"
    __table_args__ = (
        UniqueConstraint("project_id", "study_uid"),
        Index("ix_study_project_id_study_date", "project_id", "study_date", "id"),
        Index(
            "ix_study_newest_first",
            "project_id",
            text("study_date DESC NULLS LAST"),
            text("id DESC"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        *(
            Index(
                "_".join(["ix_study_browse", *names]),
                "project_id",
                *names,
                "id",
                postgresql_where=text("deleted_at IS NULL"),
            )
            for names in BROWSED_BY
        ),
        Index(
            "ix_study_deleted", "project_id", "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
    )  # fmt: skip

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    study_uid: Mapped[str]
    study_date: Mapped[date | None]
    modality: Mapped[str | None]
    body_part: Mapped[str | None]
    site: Mapped[str | None]
    manufacturer: Mapped[str | None]
    manufacturer_model_name: Mapped[str | None]
    series_count: Mapped[int] = mapped_column(default=0)
    instance_count: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    quality: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    dicom_json: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    found_json: Mapped[str] = mapped_column(
        Computed("study_found_json(project_id, study_uid, dicom_json)", persisted=True),
        deferred=True,
    )
    trust: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    deletion_reason: Mapped[str | None]
    purged_at: Mapped[datetime | None]


class Series(Row):
    """One DICOM series.

    `quality` sums up its images: the medians of `dicom/quality.py` and of size and spacing.
    `geometry` is the report of `dicom/geometry.py`, `trust` its verdict; a new image turns
    `is_assessed` off until the report has been made again. `attributes` is what can be searched of
    the headers, see `studies/attribute_index.py`.
    """

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("project_id", "series_uid"),
        Index(
            "ix_series_waits_for_assessment", "project_id", postgresql_where=text("NOT is_assessed")
        ),
        Index("ix_series_project_id_modality", "project_id", "modality", "study_id"),
        Index(
            "ix_series_attributes", "attributes", postgresql_using="gin",
            postgresql_ops={"attributes": "jsonb_path_ops"},
        ),
    )  # fmt: skip

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"), index=True)
    series_uid: Mapped[str]
    modality: Mapped[str]
    series_number: Mapped[int | None]
    instance_count: Mapped[int] = mapped_column(default=0)
    dicom_json: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    quality: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    geometry: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    trust: Mapped[str | None]
    is_assessed: Mapped[bool] = mapped_column(default=False)


class Instance(Row):
    """One DICOM instance: where its bytes lie and how its frames are cut out of them.

    `frame_ranges` are `[offset, length]` in bytes of blob `frames_sha256`, plain little-endian
    frames. Large frames lie a second time at `progressive_ranges` of blob `progressive_sha256`,
    as HTJ2K Lossless RPCL (1.2.840.10008.1.2.4.202); None and empty where frames are small.
    `source_sha256` is of the file it came as; `content_sha256` tells the same object in another
    file (`dicom/content.py`), None for images from before that was kept.
    """

    __tablename__ = "instance"
    __table_args__ = (
        UniqueConstraint("project_id", "sop_instance_uid"),
        Index("ix_instance_project_id_source_sha256", "project_id", "source_sha256"),
        Index("ix_instance_project_id_content_sha256", "project_id", "content_sha256"),
        Index("ix_instance_picture_bands", "picture_bands", postgresql_using="gin"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"), index=True)
    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id"), index=True)
    sop_instance_uid: Mapped[str]
    sop_class_uid: Mapped[str]
    instance_number: Mapped[int | None]
    source_sha256: Mapped[str]
    content_sha256: Mapped[str | None]
    file_sha256: Mapped[str] = mapped_column(index=True)
    file_bytes: Mapped[int] = mapped_column(BigInteger)
    original_transfer_syntax_uid: Mapped[str]
    served_transfer_syntax_uid: Mapped[str]
    frames_sha256: Mapped[str] = mapped_column(index=True)
    frame_ranges: Mapped[list[Any]] = mapped_column(JSONB)
    progressive_sha256: Mapped[str | None] = mapped_column(index=True)
    progressive_ranges: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    rows: Mapped[int]
    columns: Mapped[int]
    frame_count: Mapped[int]
    samples_per_pixel: Mapped[int]
    bits_allocated: Mapped[int]
    photometric_interpretation: Mapped[str]
    pixel_spacing_mm: Mapped[list[Any] | None] = mapped_column(JSONB)
    is_lossy: Mapped[bool] = mapped_column(default=False)
    burned_in_suspected: Mapped[bool] = mapped_column(default=False)
    quality: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    picture_hash: Mapped[int | None] = mapped_column(BigInteger)
    picture_bands: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    removed: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    actions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    dicom_json: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    thumbnail_sha256: Mapped[str] = mapped_column(index=True)


class MetadataCopy(Table):
    """The DICOM JSON of all instances of a study or series, as a gzipped array.

    Good for one revision of the study only; a change of its instances removes it.
    """

    __tablename__ = "metadata_copy"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]
    sha256: Mapped[str]
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class ReceivedFile(Row):
    """A file as it arrived and what became of it.

    States are in `studies/states.py`. The bytes are kept while the file is received, quarantined
    or in conflict; `has_bytes` turns false once they are gone. So does the name: it may hold a
    person's, so it is kept only as long as someone may have to find the file. Files of one act of
    importing share an `import_id`; by which `way_in` they came is a word of `studies/act.py`.
    `subject_hashes` tie a file that was set aside to its patient, whose erasure takes it along: the
    keyed hash, and that of the pseudonym it came under (`studies/erased.py`).
    """

    __tablename__ = "received_file"
    __table_args__ = (
        Index("ix_received_file_project_id_state", "project_id", "state", "id"),
        Index("ix_received_file_project_id_sha256", "project_id", "sha256"),
        Index("ix_received_file_sha256", "sha256"),
        Index("ix_received_file_project_id_import_id", "project_id", "import_id"),
        Index("ix_received_file_subject_hashes", "subject_hashes", postgresql_using="gin"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    received_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    import_id: Mapped[UUID | None]
    way_in: Mapped[str | None]
    file_name: Mapped[str]
    sha256: Mapped[str]
    byte_count: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    subject_hashes: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    state: Mapped[str] = mapped_column(default="received")
    code: Mapped[str | None]
    text: Mapped[str | None]
    has_bytes: Mapped[bool] = mapped_column(default=True)
    instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("instance.id"))


class HeldImage(Row):
    """An image that may show who the patient is, and what a person decided about it.

    `reasons` as in `dicom/suspicion.py`; boxes are [x, y, width, height] in pixels, `found_boxes`
    by the detector, `boxes` by the person who released it. `preview_sha256` are the frames, gone
    once it is decided. `decision`: None, `released` or `deleted`.
    """

    __tablename__ = "held_image"
    __table_args__ = (Index("ix_held_image_project_id_decision", "project_id", "decision", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("received_file.id"), unique=True)
    series_uid: Mapped[str]
    modality: Mapped[str]
    reasons: Mapped[list[Any]] = mapped_column(JSONB)
    found_boxes: Mapped[list[Any]] = mapped_column(JSONB)
    rows: Mapped[int]
    columns: Mapped[int]
    frame_count: Mapped[int]
    frame_ranges: Mapped[list[Any]] = mapped_column(JSONB)
    dicom_json: Mapped[dict[str, Any]] = mapped_column(JSONB)
    preview_sha256: Mapped[str | None]
    decision: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    boxes: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))


class Upload(Row):
    """A large file on its way in by pieces; how far it is, its file on disk says.

    `file_id` is set once it is whole; the name goes then, as it does from received files, and so
    does `picture`: what a table says of it (`studies/imports/schemas.py`).
    """

    __tablename__ = "upload"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    file_name: Mapped[str]
    byte_count: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    import_id: Mapped[UUID | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("received_file.id"))
    picture: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Pull(Row):
    """Studies ordered from another server.

    `wanted` and `study_uids` may lead to a person, so they are emptied when the pull is done;
    `study_uids` is null until the server was searched. The first `done_count` of them are here,
    but for `missing_count` images that the server did not send.
    """

    __tablename__ = "pull"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    ordered_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    source: Mapped[str]
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONB)
    study_uids: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    done_count: Mapped[int]
    missing_count: Mapped[int] = mapped_column(default=0, server_default="0")


class AnswerKey(Row):
    """Known labels of a study, hidden from every reader; played back by replay and the demo."""

    __tablename__ = "answer_key"
    __table_args__ = (UniqueConstraint("project_id", "study_id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    label_keys: Mapped[list[Any]] = mapped_column(JSONB)
    marks: Mapped[list[Any]] = mapped_column(JSONB, default=list)


class SpentBlob(Table):
    """Bytes that no row of ours needs any more, until the files that hold them are gone."""

    __tablename__ = "spent_blob"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    noted_at: Mapped[datetime] = mapped_column(default=clock.now)


class Erasure(Row):
    """An order to erase a patient everywhere; for ever after, the tombstone that keeps them out.

    `keyed_hash` as in `Patient`; `pseudonym_hashes` keep out images that were de-identified here
    and have no other name (`projects.profile.name_on_tombstone`). Only the database function
    `erase_patient` can set `counts` (rows removed, by kind) and `rows_removed_at`; the bytes are
    gone at `finished_at`.
    """

    __tablename__ = "erasure"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    ordered_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    keyed_hash: Mapped[str] = mapped_column(unique=True)
    pseudonym_hashes: Mapped[list[str]] = mapped_column(postgresql.ARRAY(String), default=list)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    rows_removed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Cohort(Row):
    """Studies under a name: what a list was narrowed to, asked anew or frozen.

    `filter` is what the list of studies takes, by name. A frozen cohort has its `CohortStudy`
    rows for good; deleted studies are left out when it is used.
    """

    __tablename__ = "cohort"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str]
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_frozen: Mapped[bool]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))


class CohortStudy(Table):
    """A study of a frozen cohort."""

    __tablename__ = "cohort_study"

    cohort_id: Mapped[UUID] = mapped_column(
        ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True
    )
    study_id: Mapped[UUID] = mapped_column(
        ForeignKey("study.id", ondelete="CASCADE"), primary_key=True, index=True
    )
