"""Let a trained model draw on a study, and say how doubtful it is."""

from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.annotations.runs import from_mask
from collimate.jobs.run import JobRun
from collimate.kit import ids
from collimate.kit.blobs import blobs
from collimate.learning.drawn import evenly, pack
from collimate.learning.gpu.gather import stack_of
from collimate.learning.gpu.glance import Glance
from collimate.learning.images import FramePlace, StudyUnusable, beside, frames_of
from collimate.learning.models import ModelVersion, Prediction
from collimate.ml.dense_model import DenseModel
from collimate.ml.dense_recipes import boxes_of
from collimate.ml.images import UnusableImage
from collimate.ml.intake import grow_map
from collimate.ml.overlap import pooled_doubt
from collimate.studies.models import Study

CHUNK = 8
MOST_FRAMES = 64
"""Frames of a study that are drawn on, evenly spread."""
DOUBTFUL_FRAMES = 3
"""Frames of a study that speak for its doubt: as many as a batch would ask for of a volume."""
INSIDE = 0.5
LEAST_BOX = 0.1
MOST_BOXES = 20


def draw_study(session: Session, model: DenseModel, study_id: UUID) -> dict[str, Any]:
    """The values of a prediction row: probabilities, scores, drawn.

    A study none of whose frames can be used has no scores and nothing drawn.
    """
    frames = frames_of(session, study_id)
    drawn: list[dict[str, Any]] = []
    doubts: list[np.ndarray] = []
    boxes: list[dict[str, Any]] = []
    for places, stacks in _alike(frames, model):
        output = model.predict(stacks)
        p = output[:, : len(model.keys)]
        doubt, by_class = pooled_doubt(p)
        for place, own, *parts in zip(places, output, doubt, by_class, strict=True):
            doubts.append(
                np.concatenate([[parts[0]], parts[1], own[: len(model.keys)].max((1, 2))])
            )
            frame = {
                "sop_instance_uid": place.key[0],
                "frame_number": place.key[1],
                "doubt": round(float(parts[0]) / (len(model.keys) * np.log(2)), 4),
                "segments": _segments(place, own, model) if model.kind == "segmentation" else [],
                "boxes": _boxes(place, own, model) if model.kind == "detection" else [],
            }
            boxes += frame["boxes"]
            drawn.append(frame)
    if not doubts:
        return {"probabilities": {}, "scores": {}, "drawn": None}
    return {
        "probabilities": _probabilities(np.array(doubts), model),
        "scores": _scores(np.array(doubts), boxes, model),
        "drawn": pack(drawn),
    }


def _alike(
    frames: list[FramePlace], model: DenseModel
) -> list[tuple[list[FramePlace], np.ndarray]]:
    """Frames with neighbours, those of one size together; what cannot be used is left out."""
    groups: dict[tuple[int, ...], tuple[list[FramePlace], list[np.ndarray]]] = {}
    for number in evenly(len(frames), MOST_FRAMES):
        try:
            stack = stack_of(beside(frames, number), model.intake)
        except (StudyUnusable, UnusableImage):
            continue
        places, stacks = groups.setdefault(stack.shape, ([], []))
        places.append(frames[number])
        stacks.append(stack)
    return [(places, np.stack(stacks)) for places, stacks in groups.values()]


def _probabilities(doubts: np.ndarray, model: DenseModel) -> dict[str, float]:
    """How likely each class is anywhere: its highest probability."""
    highest = doubts[:, -len(model.keys) :].max(axis=0)
    return {key: round(float(p), 6) for key, p in zip(model.keys, highest, strict=True)}


def _scores(doubts: np.ndarray, boxes: list[dict[str, Any]], model: DenseModel) -> dict[str, Any]:
    count = len(model.keys)
    most = np.sort(doubts[:, : 1 + count], axis=0)[::-1][:DOUBTFUL_FRAMES].mean(axis=0)
    return {
        "doubt": round(float(most[0]), 6),
        "by_class": {k: round(float(v), 6) for k, v in zip(model.keys, most[1:], strict=True)},
        "has_foreground": bool((doubts[:, -count:] > INSIDE).any()),
        "boxes": [
            {"label_key": one["label_key"], "probability": one["probability"], "at": one["at"]}
            for one in sorted(boxes, key=lambda one: -one["probability"])[:MOST_BOXES]
        ],
    }


def _segments(place: FramePlace, output: np.ndarray, model: DenseModel) -> list[dict[str, Any]]:
    shape = place.instance.rows, place.instance.columns
    found = []
    for key, p in zip(model.keys, output, strict=True):
        if p.max() <= INSIDE:
            continue
        runs = from_mask(grow_map(p, *shape) > INSIDE)
        if runs:
            found.append({"label_key": key, "runs": runs})
    return found


def _boxes(place: FramePlace, output: np.ndarray, model: DenseModel) -> list[dict[str, Any]]:
    """Boxes in image coordinates, the likeliest first; `at` says where and how large in shares."""
    height, width = output.shape[1:]
    rows, columns = place.instance.rows, place.instance.columns
    found = boxes_of(output, least=LEAST_BOX, most=MOST_BOXES)
    made = []
    for (left, top, right, bottom), label, score in zip(
        found.boxes.tolist(), found.labels.tolist(), found.scores.tolist(), strict=True
    ):
        shares = [
            min(max(edge / size, 0.0), 1.0)
            for edge, size in ((left, width), (top, height), (right, width), (bottom, height))
        ]
        if shares[2] <= shares[0] or shares[3] <= shares[1]:
            continue
        corners = [
            round(share * size, 2) for share, size in zip(shares, [columns, rows] * 2, strict=True)
        ]
        made.append(
            {
                "label_key": model.keys[label],
                "points": [corners[:2], corners[2:]],
                "probability": round(score, 4),
                "at": [round(share, 4) for share in shares],
            }
        )
    return made


def draw_all(run: JobRun, model_id: UUID, *, start: float) -> bool:
    """Let the model draw on every study it has not seen; False if something urgent came between.

    Repeating it changes nothing. `start` is the progress of the job so far.
    """
    with run.open_session() as session:
        row = session.get_one(ModelVersion, model_id)
        model = read_dense(row)
    look = Glance(run)
    done = 0
    while True:
        run.check()
        with run.open_session() as session:
            missing = _missing(session.get_one(ModelVersion, model_id))
            left = session.scalar(select(func.count()).select_from(missing.subquery())) or 0
            study_ids = session.scalars(missing.limit(CHUNK)).all()
            rows = [
                {
                    "id": ids.new_id(), "project_id": row.project_id, "model_version_id": model_id,
                    "study_id": study_id, **draw_study(session, model, study_id),
                }
                for study_id in study_ids
            ]  # fmt: skip
            if not rows:
                return True
            session.execute(insert(Prediction).values(rows).on_conflict_do_nothing())
        done += len(rows)
        run.report(start + (1 - start) * done / (done + left), "Drawing on every study")
        if look():
            run.check()
            return False


def _missing(row: ModelVersion) -> Any:
    has: ColumnElement[bool] = and_(
        Prediction.study_id == Study.id, Prediction.model_version_id == row.id
    )
    return (
        select(Study.id)
        .outerjoin(Prediction, has)
        .where(Study.project_id == row.project_id, Study.deleted_at.is_(None))
        .where(Prediction.id.is_(None), Study.instance_count > 0)
        .order_by(Study.id)
    )


def read_dense(row: ModelVersion) -> DenseModel:
    """The stored model of a version. Raises: UnreadableModel."""
    return DenseModel.from_bytes(blobs().read(row.weights_sha256))
