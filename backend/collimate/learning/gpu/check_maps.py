"""Ask of every new model whether its maps follow its weights, and keep the answer with it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.learning import encoders, fit
from collimate.learning.gpu.embed import loaded, square_for
from collimate.learning.gpu.explain import seen_by
from collimate.learning.images import Picture, StudyUnusable, picture_of, picture_of_unit
from collimate.learning.labels import STUDY
from collimate.learning.models import Encoder, ModelVersion, Prediction, TrainingRun
from collimate.ml import map_check
from collimate.ml.encoder import Encoder as Weights
from collimate.ml.encoder import randomised, stage_maps
from collimate.ml.explain import Method, joined, linear_map
from collimate.ml.model_file import Model
from collimate.studies.models import Patient, Study

IMAGES = 24
FEWEST = 4
SIDE = 48


def check(session: Session, *, model_version_id: UUID) -> dict[str, Any]:
    """Correlate a model's maps with those of randomised weights, over images of the pool.

    Three numbers go to its training run: with the head drawn anew, with the encoder drawn anew
    (where one serves), and between maps of different images, which is what maps share anyway.
    """
    version = session.get_one(ModelVersion, model_version_id)
    model = fit.read_model(version)
    rows = [session.get_one(Encoder, UUID(one)) for one in version.encoder_ids]
    found = _compared(session, version, model, rows)
    run = session.get_one(TrainingRun, version.training_run_id, with_for_update=True)
    run.metrics = {**run.metrics, "map_check": found}
    session.flush()
    return {"image_count": found["image_count"]}


def _compared(
    session: Session, version: ModelVersion, model: Model, rows: list[Encoder]
) -> dict[str, Any]:
    rng = np.random.default_rng(version.number)
    drawn_anew = {
        row.id: randomised(loaded(str(row.weights_sha256)), seed=version.number)
        for row in rows
        if row.kind in encoders.DEEP
    }
    own: list[np.ndarray] = []
    alike: dict[str, list[float]] = {"head": [], "encoder": []}
    for picture, index in _pictures(session, version, model, rng):
        try:
            seen = [seen_by(row, picture) for row in rows]
        except StudyUnusable:
            continue
        kinds = [row.kind for row in rows]
        trained = _map(kinds, seen, model, index)
        heads = [map_check.randomised(model.head, rng) for _ in range(map_check.DRAWS)]
        maps = [_map(kinds, seen, Model(model.space, head, model.keys), index) for head in heads]
        alike["head"].append(float(np.mean([map_check.correlation(trained, m) for m in maps])))
        if drawn_anew:
            # by the encoders' own share alone: what needs no training stays as it is
            deep = [at for at, row in enumerate(rows) if row.id in drawn_anew]
            named = [kinds[at] for at in deep]
            other = [_by(drawn_anew[rows[at].id], rows[at], picture) for at in deep]
            share = _map(named, [seen[at] for at in deep], model, index)
            anew = _map(named, other, model, index)
            alike["encoder"].append(map_check.correlation(share, anew))
        own.append(trained)
    if len(own) < FEWEST:
        return {"image_count": len(own), "method": Method.HIRESCAM.stored_name}
    between = [map_check.correlation(one, own[at - 1]) for at, one in enumerate(own)]
    measured = {**alike, "other_image": between}
    return {
        "image_count": len(own),
        "method": Method.HIRESCAM.stored_name,
        **{
            name: {k: round(v, 4) for k, v in asdict(_over(values, version.number)).items()}
            for name, values in measured.items()
            if values
        },
        "follows_weights": max(float(np.mean(values)) for values in alike.values() if values)
        <= map_check.ALIKE,
    }


def _over(values: list[float], seed: int) -> map_check.Correlation:
    return map_check.over_images(np.array(values), seed=seed)


def _pictures(
    session: Session, version: ModelVersion, model: Model, rng: np.random.Generator
) -> list[tuple[Picture, int]]:
    """Images of the pool with the class the model holds likeliest in each."""
    unit = func.coalesce(Prediction.unit_id, Prediction.study_id)
    said: dict[UUID, dict[str, Any]] = dict(
        session.execute(
            select(unit, Prediction.probabilities)
            .join(Study, Study.id == Prediction.study_id)
            .join(Patient, Patient.id == Study.patient_id)
            .where(Prediction.model_version_id == version.id, Study.deleted_at.is_(None))
            .where(Patient.is_holdout.is_(False))
        ).all()
    )
    read = picture_of if version.scope == STUDY else picture_of_unit
    known = sorted(said)
    found = []
    for at in rng.permutation(len(known))[:IMAGES]:
        best = max(model.keys, key=lambda key: said[known[at]].get(key, 0.0))
        try:
            found.append((read(session, known[at]), model.keys.index(best)))
        except StudyUnusable:
            continue
    return found


def _map(kinds: list[str], seen: list[np.ndarray], model: Model, index: int) -> np.ndarray:
    parts = [
        linear_map(part, model.space, model.head, index, block=kind)
        for kind, part in zip(kinds, seen, strict=True)
    ]
    return joined(parts, rows=SIDE, columns=SIDE)


def _by(weights: Weights, row: Encoder, picture: Picture) -> np.ndarray:
    return stage_maps(weights, square_for(row, picture)[None])[0]
