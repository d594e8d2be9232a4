"""How unsure a model is on each slice of a stack, so that a reader knows where to look first."""

import json
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.jobs.run import JobFailed
from collimate.kit.blobs import blobs, work_folder
from collimate.learning import fit
from collimate.learning.explanations import ALL_CLASSES, SLICE_ENTROPY, found
from collimate.learning.gpu.embed import square_for, vectors_of
from collimate.learning.images import Picture, StudyUnusable, pictures_of
from collimate.learning.models import Encoder, Explanation, ModelVersion
from collimate.ml.model_file import Model
from collimate.studies.models import Study

MOST_SLICES = 64


def look(session: Session, *, study_id: UUID, model_version_id: UUID) -> dict[str, Any]:
    """Compute and store the uncertainty of each slice; a repeated call changes nothing.

    Raises: JobFailed where no image can be read.
    """
    version = session.get_one(ModelVersion, model_version_id)
    study = session.get_one(Study, study_id)
    known = found(session, version, study, ALL_CLASSES, SLICE_ENTROPY)
    if known is not None:
        return {"sha256": known.blob_sha256}
    model = fit.read_model(version)
    rows = [session.get_one(Encoder, UUID(one)) for one in version.encoder_ids]
    try:
        slices = _slices(rows, pictures_of(session, study_id, most=MOST_SLICES), model)
    except StudyUnusable as error:
        raise JobFailed("The images of this study cannot be looked at.") from error
    if not slices:
        raise JobFailed("The images of this study cannot be looked at.")
    with work_folder() as folder:
        path = folder / "slices.json"
        path.write_text(json.dumps(slices))
        blob = blobs().put(path)
    middle = slices[len(slices) // 2]
    values = {
        "project_id": version.project_id,
        "model_version_id": version.id,
        "study_id": study_id,
        "sop_instance_uid": middle["sop_instance_uid"],
        "frame_number": middle["frame_number"],
        "class_key": ALL_CLASSES,
        "method": SLICE_ENTROPY,
        "blob_sha256": blob.sha256,
    }
    session.execute(insert(Explanation).values(**values).on_conflict_do_nothing())
    return {"sha256": blob.sha256}


def _slices(rows: list[Encoder], pictures: list[Picture], model: Model) -> list[dict[str, Any]]:
    """Slices an encoder cannot use, such as empty ones, are left out."""
    seen: list[tuple[Picture, list[np.ndarray]]] = []
    for picture in pictures:
        try:
            seen.append((picture, [square_for(row, picture) for row in rows]))
        except StudyUnusable:
            continue
    if not seen:
        return []
    blocks = {
        str(row.kind): vectors_of(row, np.stack([squares[at] for _, squares in seen]))
        for at, row in enumerate(rows)
    }
    doubts = uncertainty(model.predict(blocks))
    return [
        {
            "sop_instance_uid": picture.sop_instance_uid,
            "frame_number": picture.frame_number,
            "uncertainty": round(float(doubt), 4),
        }
        for (picture, _), doubt in zip(seen, doubts, strict=True)
    ]


def uncertainty(probabilities: np.ndarray) -> np.ndarray:
    """0 (sure) to 1 (no idea) for each row of class probabilities (items, classes).

    The entropy where one class holds, the mean of the classes' own where several may.
    """
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-12, 1 - 1e-12)
    if p.shape[1] > 1 and np.allclose(p.sum(axis=1), 1.0, atol=1e-3):
        entropy: np.ndarray = -(p * np.log(p)).sum(axis=1) / np.log(p.shape[1])
        return entropy
    own: np.ndarray = -(p * np.log2(p) + (1 - p) * np.log2(1 - p)).mean(axis=1)
    return own
