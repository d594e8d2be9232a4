"""Draw where the model finds its evidence for a class in one study."""

from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.jobs.run import JobFailed
from collimate.kit.blobs import blobs, work_folder
from collimate.learning import encoders, fit
from collimate.learning.gpu.embed import loaded, square_for, vectors_of
from collimate.learning.images import Picture, StudyUnusable, picture_of
from collimate.learning.models import Encoder, Explanation, ModelVersion
from collimate.ml.encoder import stage_maps
from collimate.ml.explain import METHOD, class_activation, descriptor_evidence, encoder_evidence
from collimate.ml.model_file import Model

COLOUR = (255, 176, 59)
STRONGEST_ALPHA = 150
LONGEST_SIDE = 512


def explain(
    session: Session, *, study_id: UUID, model_version_id: UUID, class_key: str
) -> dict[str, Any]:
    """Compute and store the map for one class; a repeated call changes nothing.

    Raises: JobFailed where the image cannot be read or the model does not know the class.
    """
    version = session.get_one(ModelVersion, model_version_id)
    model = fit.read_model(version)
    if class_key not in model.keys:
        raise JobFailed("The model does not know this class.")
    try:
        picture = picture_of(session, study_id)
        evidence = [
            _evidence(session.get_one(Encoder, UUID(encoder_id)), picture, model, class_key)
            for encoder_id in version.encoder_ids
        ]
    except StudyUnusable as error:
        raise JobFailed("The image of this study cannot be explained.") from error
    rows, columns = _shown_size(picture)
    strength = class_activation(evidence, rows=rows, columns=columns)
    with work_folder() as folder:
        path = folder / "map.png"
        path.write_bytes(png(strength))
        blob = blobs().put(path)
    values = {
        "project_id": version.project_id,
        "model_version_id": version.id,
        "study_id": study_id,
        "sop_instance_uid": picture.sop_instance_uid,
        "frame_number": picture.frame_number,
        "class_key": class_key,
        "method": METHOD,
        "blob_sha256": blob.sha256,
    }
    session.execute(insert(Explanation).values(**values).on_conflict_do_nothing())
    return {"sha256": blob.sha256}


def _evidence(row: Encoder, picture: Picture, model: Model, class_key: str) -> np.ndarray:
    """One block's share of the class's logit, over that block's grid."""
    square = square_for(row, picture)[None]
    index = model.keys.index(class_key)
    if row.kind == encoders.SCATTERING:
        features = vectors_of(row, square)[0]
        return descriptor_evidence(features, model.space, model.head, index, block=row.kind)
    maps = stage_maps(loaded(str(row.weights_sha256)), square)[0]
    return encoder_evidence(maps, model.space, model.head, index, block=row.kind)


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
