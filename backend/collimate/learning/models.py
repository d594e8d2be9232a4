"""Encoders, embeddings, models, predictions, query batches, hunts: machine output, no label."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit.database import Row


class Encoder(Row):
    """What turns an image into numbers. `kind`: scattering (no training), simclr, given, or
    taught (the labels, from one of the others; `recipe` names the patients).

    States: training, ready, failed, retired. One ready encoder per project and kind is current.
    """

    __tablename__ = "encoder"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    weights_sha256: Mapped[str | None]
    dimension: Mapped[int]
    recipe: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    is_current: Mapped[bool] = mapped_column(default=False)


INDEXED_WIDTHS = (192, 512)
"""How wide the vectors of trained and given encoders are; each width has an index of its own."""


class Embedding(Row):
    """A study, or one of its series or images, as an encoder sees it, half precision.

    `unit_id` is the id of the series or image; None for the study as a whole, which alone is in
    the indexes of what looks alike.
    """

    __tablename__ = "embedding"
    __table_args__ = (
        UniqueConstraint("study_id", "encoder_id", "unit_id", postgresql_nulls_not_distinct=True),
        Index("ix_embedding_unit_id", "unit_id", postgresql_where=text("unit_id IS NOT NULL")),
        *(
            Index(
                f"embedding_alike_{wide}",
                text(f"(vector::halfvec({wide})) halfvec_cosine_ops"),
                postgresql_using="hnsw",
                postgresql_where=text(f"vector_dims(vector) = {wide} AND unit_id IS NULL"),
            )
            for wide in INDEXED_WIDTHS
        ),
    )

    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    encoder_id: Mapped[UUID] = mapped_column(ForeignKey("encoder.id"), index=True)
    unit_id: Mapped[UUID | None]
    vector: Mapped[Any] = mapped_column(HALFVEC())


class TrainingRun(Row):
    """One fit of a head: what it learned from (manifest hash), with what code and seed.

    `metrics` holds, on the hold-out: score, interval, per_class, calibration, label counts,
    and the same for a model of the control arm alone.
    """

    __tablename__ = "training_run"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    round_number: Mapped[int]
    label_count: Mapped[int]
    control_label_count: Mapped[int]
    active_ms: Mapped[int] = mapped_column(default=0)
    manifest_sha256: Mapped[str]
    code_version: Mapped[str]
    seed: Mapped[int]
    metrics: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    seconds: Mapped[float]


class ModelVersion(Row):
    """Immutable weights of a head and the run that made them; one is promoted per project.

    `scope`: what it answers of, study, series or image; `attribute` is what it then answers, empty
    for the study's answer, masks and boxes.
    """

    __tablename__ = "model_version"
    __table_args__ = (
        Index(
            "uq_model_version_promoted",
            "project_id",
            unique=True,
            postgresql_where=text("promoted_at IS NOT NULL AND retired_at IS NULL"),
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    training_run_id: Mapped[UUID] = mapped_column(ForeignKey("training_run.id"))
    encoder_ids: Mapped[list[Any]] = mapped_column(JSONB)
    label_schema_id: Mapped[UUID] = mapped_column(ForeignKey("label_schema.id"))
    weights_sha256: Mapped[str]
    scope: Mapped[str] = mapped_column(default="study", server_default="study")
    attribute: Mapped[str] = mapped_column(default="", server_default="")
    number: Mapped[int]
    promoted_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class Prediction(Row):
    """What a model says of a study: probability per class key. Never a label.

    Of a model that answers of series or images there is one for each (`unit_id`).

    Of a model that draws, `drawn` are its frames (`learning/drawn.py`), `scores` its doubt, and
    how it did where the study was read; the probability is that the class is there at all.
    """

    __tablename__ = "prediction"
    __table_args__ = (
        UniqueConstraint(
            "model_version_id", "study_id", "unit_id", postgresql_nulls_not_distinct=True
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"), index=True)
    unit_id: Mapped[UUID | None]
    probabilities: Mapped[dict[str, Any]] = mapped_column(JSONB)
    scores: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    drawn: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Explanation(Row):
    """A map of what moved a prediction, as a PNG blob over the image grid.

    `unit_id` is the series or image, where the prediction is of one. `dicom_sha256` is the same map
    as a DICOM Parametric Map; maps made before there were such have none until somebody asks for
    it.
    """

    __tablename__ = "explanation"
    __table_args__ = (
        UniqueConstraint(
            "model_version_id", "study_id", "class_key", "method", "unit_id",
            name="uq_explanation_of", postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"), index=True)
    unit_id: Mapped[UUID | None]
    sop_instance_uid: Mapped[str]
    frame_number: Mapped[int]
    class_key: Mapped[str]
    method: Mapped[str]
    blob_sha256: Mapped[str]
    dicom_sha256: Mapped[str | None]


class QueryBatch(Row):
    """What the learner asked for in one round; written before the queue is reordered."""

    __tablename__ = "query_batch"
    __table_args__ = (UniqueConstraint("project_id", "round_number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    round_number: Mapped[int]
    strategy: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seed: Mapped[int]
    model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    pool_count: Mapped[int]


class QueryPick(Row):
    """One study of a batch: its arm (strategy, control, evaluation), its scores, its reason."""

    __tablename__ = "query_pick"
    __table_args__ = (UniqueConstraint("query_batch_id", "task_id"),)

    query_batch_id: Mapped[UUID] = mapped_column(ForeignKey("query_batch.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    rank: Mapped[int]
    arm: Mapped[str]
    scores: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason_code: Mapped[str]
    reason: Mapped[str]


class PatchGrid(Row):
    """A frame as a grid of patches (`ml/patches.py`), half precision, a row of the grid at a time.

    A row without vectors says that the study has no frame that could be described.
    """

    __tablename__ = "patch_grid"
    __table_args__ = (UniqueConstraint("study_id", "recipe", "sop_instance_uid", "frame_number"),)

    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    recipe: Mapped[str]
    sop_instance_uid: Mapped[str]
    frame_number: Mapped[int]
    rows: Mapped[int]
    columns: Mapped[int]
    vectors: Mapped[bytes] = mapped_column(LargeBinary)


class Hunt(Row):
    """A place somebody pointed at, to find its like in the pool; (x, y) in image coordinates."""

    __tablename__ = "hunt"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    sop_instance_uid: Mapped[str]
    frame_number: Mapped[int]
    x: Mapped[float]
    y: Mapped[float]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    job_id: Mapped[UUID | None]
    recipe: Mapped[str]
    pool_count: Mapped[int] = mapped_column(default=0)
    ranked_at: Mapped[datetime | None]


class HuntMatch(Row):
    """A place of the pool that looks like the wanted one: `likeness` is 1 for the very same."""

    __tablename__ = "hunt_match"
    __table_args__ = (UniqueConstraint("hunt_id", "rank"),)

    hunt_id: Mapped[UUID] = mapped_column(ForeignKey("hunt.id", ondelete="CASCADE"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int]
    likeness: Mapped[float]
    sop_instance_uid: Mapped[str]
    frame_number: Mapped[int]
    x: Mapped[float]
    y: Mapped[float]
    rows: Mapped[int]
    columns: Mapped[int]


class AutoAccept(Row):
    """That a project's model may answer by itself, from when to when, and on what grounds.

    `weights_sha256`: the model that decides; it learned from no case of the control arm, and was
    made in the round of `model_version_id`. `grounds` is the estimate it was turned on by, with
    what its decisions are calibrated on. At most one of a project has no `off_at`; `off_code` says
    what ended it, `off_by` who, where it was a person.
    """

    __tablename__ = "auto_accept"
    __table_args__ = (
        Index(
            "uq_auto_accept_on", "project_id", unique=True, postgresql_where=text("off_at IS NULL")
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    label_schema_id: Mapped[UUID] = mapped_column(ForeignKey("label_schema.id"))
    weights_sha256: Mapped[str]
    target: Mapped[float]
    reason: Mapped[str]
    grounds: Mapped[dict[str, Any]] = mapped_column(JSONB)
    turned_on_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    off_at: Mapped[datetime | None]
    off_code: Mapped[str | None]
    off_reason: Mapped[str] = mapped_column(default="")
    off_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class AutoAcceptedCase(Row):
    """What a model answered by itself: model output, never a label. Insert only.

    It stands as long as its task is `auto_accepted` and no later one names the task. `p_values`:
    per class its conformal p-value, of several answers those of absence and presence. Where
    `is_reaudit` a reader answers all the same, and is not told.
    """

    __tablename__ = "auto_accepted_case"
    __table_args__ = (UniqueConstraint("auto_accept_id", "task_id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    auto_accept_id: Mapped[UUID] = mapped_column(ForeignKey("auto_accept.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    label_schema_id: Mapped[UUID] = mapped_column(ForeignKey("label_schema.id"))
    weights_sha256: Mapped[str]
    label_keys: Mapped[list[Any]] = mapped_column(JSONB)
    p_values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    target: Mapped[float]
    calibration_count: Mapped[int]
    check_count: Mapped[int]
    is_reaudit: Mapped[bool]
