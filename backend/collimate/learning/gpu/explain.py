"""Draw where the model finds its evidence for a class in one study."""

from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.dicom import identity
from collimate.dicom.parametric_map import Origin, Uids, write_map
from collimate.jobs.run import JobFailed
from collimate.kit import clock
from collimate.kit.blobs import blobs, work_folder
from collimate.learning import encoders, fit
from collimate.learning.explanations import found
from collimate.learning.gpu.embed import loaded, square_for, vectors_of
from collimate.learning.images import Picture, StudyUnusable, picture_of, picture_of_unit
from collimate.learning.models import Encoder, Explanation, ModelVersion, TrainingRun
from collimate.ml import descriptors
from collimate.ml.encoder import stage_maps
from collimate.ml.explain import (
    Method,
    class_activation,
    grad_cam_plus_plus,
    linear_map,
    occlusion,
)
from collimate.ml.model_file import Model
from collimate.projects import schema
from collimate.projects.models import Project
from collimate.studies.models import Instance, Study

COLOUR = (255, 176, 59)
STRONGEST_ALPHA = 150
LONGEST_SIDE = 512


def explain(
    session: Session,
    *,
    study_id: UUID,
    model_version_id: UUID,
    class_key: str,
    method: str,
    unit_id: UUID | None = None,
) -> dict[str, Any]:
    """Compute and store the map for one class; a repeated call changes nothing. `unit_id`: of which
    series or image; the study's own picture where it is None.

    Raises: JobFailed where the image cannot be read, or the class or the method is not known.
    """
    if method not in list(Method):
        raise JobFailed("There is no such way to make a map.")
    way = Method(method)
    version = session.get_one(ModelVersion, model_version_id)
    study = session.get_one(Study, study_id)
    if study.project_id != version.project_id:
        raise JobFailed("The model is of another project.")
    known = found(session, version, study, class_key, way.stored_name, unit_id)
    if known is not None and known.dicom_sha256 is not None:
        # asked for again while it was being made
        return {"sha256": known.blob_sha256}
    model = fit.read_model(version)
    if class_key not in model.keys:
        raise JobFailed("The model does not know this class.")
    try:
        picture = picture_of_unit(session, unit_id) if unit_id else picture_of(session, study_id)
        rows = [session.get_one(Encoder, UUID(one)) for one in version.encoder_ids]
        evidence = _evidence(way, model, rows, picture, model.keys.index(class_key))
    except StudyUnusable as error:
        raise JobFailed("The image of this study cannot be explained.") from error
    drawn = _drawn(session, version, picture, class_key, way, evidence)
    values = {
        "project_id": version.project_id,
        "model_version_id": version.id,
        "study_id": study_id,
        "unit_id": unit_id,
        "sop_instance_uid": picture.sop_instance_uid,
        "frame_number": picture.frame_number,
        "class_key": class_key,
        "method": way.stored_name,
        **drawn,
    }
    statement = insert(Explanation).values(**values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["model_version_id", "study_id", "class_key", "method", "unit_id"],
            set_={"dicom_sha256": drawn["dicom_sha256"]},
            where=Explanation.dicom_sha256.is_(None),
        )
    )
    return {"sha256": drawn["blob_sha256"]}


def _drawn(
    session: Session,
    version: ModelVersion,
    picture: Picture,
    class_key: str,
    way: Method,
    evidence: list[np.ndarray],
) -> dict[str, str]:
    """The map as blobs: a PNG, and a DICOM Parametric Map."""
    height, width = _shown_size(picture)
    strength = class_activation(evidence, rows=height, columns=width)
    with work_folder() as folder:
        path = folder / "map.png"
        path.write_bytes(png(strength))
        blob = blobs().put(path)
        about = _origin(session, version, picture, class_key, way.stored_name)
        write_map(folder / "map.dcm", strength, about)
        written = blobs().put(folder / "map.dcm")
    return {"blob_sha256": blob.sha256, "dicom_sha256": written.sha256}


def _origin(
    session: Session, version: ModelVersion, picture: Picture, class_key: str, stored_name: str
) -> Origin:
    instance = session.scalars(
        select(Instance).where(
            Instance.project_id == version.project_id,
            Instance.sop_instance_uid == picture.sop_instance_uid,
        )
    ).one()
    project = session.get_one(Project, version.project_id)
    run = session.get_one(TrainingRun, version.training_run_id)
    names = {one.key: one.name for one in schema.labels_of(session, version.label_schema_id)}

    def uid(what: str, *parts: str) -> str:
        return identity.uid_from(identity.keyed(project.key, f"heat map {what}", *parts))

    mine = (
        str(version.id), picture.sop_instance_uid, str(picture.frame_number), class_key,
        stored_name,
    )  # fmt: skip
    return Origin(
        dicom_json=instance.dicom_json,
        frame_number=picture.frame_number,
        class_name=names.get(class_key, class_key),
        method=stored_name,
        model_number=version.number,
        model_sha256=version.weights_sha256,
        code_version=run.code_version,
        made_at=clock.now(),
        uids=Uids(
            uid("series", str(version.id), str(instance.series_id)), uid("instance", *mine),
            uid("frame of reference", *mine), uid("dimensions", *mine),
        ),
    )  # fmt: skip


def seen_by(row: Encoder, picture: Picture) -> np.ndarray:
    """What an encoder makes of a picture before its place is given up. Raises: StudyUnusable."""
    square = square_for(row, picture)[None]
    if row.kind == encoders.SCATTERING:
        return descriptors.scattering_maps(square)[0]
    return stage_maps(loaded(str(row.weights_sha256)), square)[0]


def _evidence(
    method: Method, model: Model, rows: list[Encoder], picture: Picture, index: int
) -> list[np.ndarray]:
    """Grids of evidence for a class. Raises: StudyUnusable."""
    if method == Method.OCCLUSION:
        return [_by_hiding(model, rows, picture, index)]
    way = linear_map
    if method.needs_network:
        way, rows = grad_cam_plus_plus, [row for row in rows if row.kind in encoders.DEEP]
        if not rows:
            raise JobFailed("This way needs an encoder that was trained; the model has none yet.")
    return [
        way(seen_by(row, picture), model.space, model.head, index, block=row.kind) for row in rows
    ]


def _by_hiding(model: Model, rows: list[Encoder], picture: Picture, index: int) -> np.ndarray:
    def logit(squares: dict[str, np.ndarray]) -> np.ndarray:
        blocks = {row.kind: vectors_of(row, squares[row.kind]) for row in rows}
        return np.asarray(model.space.transform(blocks) @ model.head.coef[index])

    squares = {row.kind: square_for(row, picture) for row in rows}
    height, width = picture.values.shape
    return occlusion(squares, logit, rows=height, columns=width)


def _shown_size(picture: Picture) -> tuple[int, int]:
    rows, columns = picture.values.shape
    shrink = min(1.0, LONGEST_SIDE / max(rows, columns))
    return max(1, round(rows * shrink)), max(1, round(columns * shrink))


def png(strength: np.ndarray) -> bytes:
    """A PNG of one colour whose opacity is the strength, so that the image shows through."""
    from PIL import Image

    layers = np.zeros((*strength.shape, 4), dtype=np.uint8)
    layers[..., :3] = COLOUR
    layers[..., 3] = np.rint(strength * STRONGEST_ALPHA)
    target = BytesIO()
    Image.fromarray(layers, "RGBA").save(target, "PNG", compress_level=6)
    return target.getvalue()
