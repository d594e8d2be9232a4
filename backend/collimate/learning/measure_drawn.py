"""How well a model draws on held-out patients that have been read."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from collimate.learning.drawn import (
    Reading,
    as_reading,
    boxes_of,
    mask_of,
    readings_of,
    unpack,
)
from collimate.learning.images import FramePlace, frames_of
from collimate.learning.kinds import TaskKind
from collimate.learning.labels import Labelled, Question
from collimate.learning.models import ModelVersion, Prediction, TrainingRun
from collimate.learning.pool import Pool
from collimate.ml import overlap
from collimate.ml.boxes import Findings, average_precision, f1_of, froc, matched
from collimate.ml.metrics import FEWEST_ITEMS, Estimate

MOST_POINTS = 60
MOST_VALUES = 20


@dataclass(frozen=True)
class Exam:
    """Held-out studies that are read: their row in the pool, and whose they are."""

    items: list[Labelled]
    rows: np.ndarray
    patients: np.ndarray


def exam_of(pool: Pool, labelled: Iterable[Labelled]) -> Exam:
    """The held-out cases that are read by now, in the order of the pool."""
    row_of = {study_id: row for row, study_id in enumerate(pool.study_ids)}
    items = sorted(
        (item for item in labelled if item.is_holdout and item.study_id in row_of),
        key=lambda item: row_of[item.study_id],
    )
    rows = np.array([row_of[item.study_id] for item in items], dtype=np.int64)
    return Exam(items, rows, pool.patients[rows].astype(str))


def scores_of(
    session: Session, model_id: UUID, exam: Exam, question: Question
) -> tuple[np.ndarray, np.ndarray]:
    """Per case and class the score (Dice of masks, F1 of boxes) and the mean distance of outlines
    in mm; NaN where it is not defined or the model did not see the case.

    What was measured is kept with the prediction and measured again only for another reading.
    """
    table = np.full((len(exam.items), len(question.keys)), np.nan)
    away = np.full_like(table, np.nan)
    predictions = {
        found.study_id: found
        for found in session.scalars(
            select(Prediction)
            .options(undefer(Prediction.drawn))
            .where(Prediction.model_version_id == model_id)
            .where(Prediction.study_id.in_([item.study_id for item in exam.items]))
        )
    }
    for number, item in enumerate(exam.items):
        found = predictions.get(item.study_id)
        if found is None or found.drawn is None:
            continue
        measured = _measured(session, found, item, question)
        for column, key in enumerate(question.keys):
            score, distance = measured.get(key) or (None, None)
            table[number, column] = np.nan if score is None else score
            away[number, column] = np.nan if distance is None else distance
    session.flush()
    return table, away


def _measured(
    session: Session, found: Prediction, item: Labelled, question: Question
) -> dict[str, list[float | None]]:
    reads = sorted(str(submission_id) for submission_id in item.submission_ids)
    known = found.scores.get("measured")
    if known is not None and known["reads"] == reads:
        return dict(known["by_class"])
    by_class = measured_anew(session, item, found.drawn, question)
    found.scores = {**found.scores, "measured": {"reads": reads, "by_class": by_class}}
    return by_class


def measured_anew(
    session: Session, item: Labelled, drawn: bytes | None, question: Question
) -> dict[str, list[float | None]]:
    """Score and distance per class of what was drawn on a read study."""
    readings = list(readings_of(session, question, item.submission_ids).values())
    return measured_case(frames_of(session, item.study_id), readings, unpack(drawn), question)


def measured_case(
    frames: list[FramePlace],
    readings: list[Reading],
    drawn: list[dict[str, Any]],
    question: Question,
) -> dict[str, list[float | None]]:
    """Score and distance per class, over the frames that the model drew on."""
    said = as_reading(drawn)
    seen = [frame for frame in frames if frame.key in said]
    measure = _masks if question.kind is TaskKind.SEGMENTATION else _boxes
    found = {key: measure(seen, readings, said, key) for key in question.keys}
    return {
        key: [None if value is None else round(value, 5) for value in values]
        for key, values in found.items()
    }


def _masks(
    frames: list[FramePlace], readings: list[Reading], said: Reading, key: str
) -> tuple[float | None, float | None]:
    both = sizes = pixels = 0
    total = 0.0
    for frame in frames:
        shape = frame.instance.rows, frame.instance.columns
        reference = mask_of(readings, frame.key, key, *shape)
        own = mask_of([said], frame.key, key, *shape)
        both += int((reference & own).sum())
        sizes += int(reference.sum()) + int(own.sum())
        distance, count = overlap.surface_distance(reference, own, frame.spacing or (1.0, 1.0))
        total, pixels = total + distance, pixels + count
    return (
        2.0 * both / sizes if sizes else None,
        total / pixels if pixels and all(frame.spacing for frame in frames) else None,
    )


def _boxes(
    frames: list[FramePlace], readings: list[Reading], said: Reading, key: str
) -> tuple[float | None, float | None]:
    hits = drawn = wanted = 0
    for frame in frames:
        own = [one["points"] for one in said[frame.key].get(key, [])]
        reference = boxes_of(readings, frame.key, key)
        hits += len(matched(reference, own))
        drawn, wanted = drawn + len(own), wanted + len(reference)
    return f1_of(hits, drawn, wanted), None


def findings_of(session: Session, model_id: UUID, exam: Exam, question: Question) -> list[Findings]:
    """Per class every box the model drew on these cases, however unlikely, and which were there."""
    drawn = dict(
        session.execute(
            select(Prediction.study_id, Prediction.drawn)
            .where(Prediction.model_version_id == model_id)
            .where(Prediction.study_id.in_([item.study_id for item in exam.items]))
        ).all()
    )
    boxes: list[list[tuple[float, bool, int]]] = [[] for _ in question.keys]
    wanted = np.zeros((len(question.keys), len(exam.items)), dtype=np.int64)
    images = np.zeros(len(exam.items), dtype=np.int64)
    for case, item in enumerate(exam.items):
        said = as_reading(unpack(drawn.get(item.study_id)), least=0.0)
        readings = list(readings_of(session, question, item.submission_ids).values())
        images[case] = len(said)
        for place, own in said.items():
            for column, key in enumerate(question.keys):
                reference = boxes_of(readings, place, key)
                wanted[column, case] += len(reference)
                found = matched(reference, [one["points"] for one in own.get(key, [])])
                boxes[column] += [
                    (one["probability"], number in found, case)
                    for number, one in enumerate(own.get(key, []))
                ]
    return [
        Findings(
            np.array([score for score, _, _ in own], dtype=np.float64),
            np.array([is_hit for _, is_hit, _ in own], dtype=np.float64),
            np.array([case for _, _, case in own], dtype=np.int64),
            wanted[column],
            images,
        )
        for column, own in enumerate(boxes)
    ]


def with_precision(
    session: Session, model_id: UUID, exam: Exam, question: Question, metrics: dict[str, Any]
) -> dict[str, Any]:
    """The metrics of a detector, each class with its average precision and FROC beside it."""
    if question.kind is not TaskKind.DETECTION or not metrics:
        return metrics
    both = zip(metrics["per_class"], findings_of(session, model_id, exam, question), strict=True)
    return {
        **metrics,
        "per_class": [
            {
                **own,
                "average_precision": asdict(average_precision(found, exam.patients)),
                "froc": froc(found),
            }
            for own, found in both
        ],
    }


def metrics_of(
    table: np.ndarray, away: np.ndarray, exam: Exam, pool: Pool, question: Question
) -> dict[str, Any]:
    """Score, classes and groups with intervals over patients, as the training run keeps them."""
    if len(table) == 0:
        return {}
    classes = overlap.per_class(table, exam.patients)
    distances = overlap.per_class(away, exam.patients)
    return {
        "score": asdict(overlap.overall(table, exam.patients)),
        "per_class": [
            {
                "key": key, "score": own.value, "low": own.low, "high": own.high, "count": own.n,
                "distance_mm": away_mm.value,
            }
            for key, own, away_mm in zip(question.keys, classes, distances, strict=True)
        ],
        "subgroups": _by_group(table, exam, pool),
    }  # fmt: skip


def _by_group(table: np.ndarray, exam: Exam, pool: Pool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for attribute, values in pool.groups.items():
        own = values[exam.rows]
        known, counts = np.unique(own[own != ""], return_counts=True)
        if len(known) < 2:
            continue
        for place in np.argsort(-counts, kind="stable")[:MOST_VALUES]:
            mask = own == known[place]
            score = overlap.overall(table[mask], exam.patients[mask])
            if score.n < FEWEST_ITEMS:
                score = Estimate(None, None, None, score.n)
            found.append(
                {
                    "attribute": attribute, "value": str(known[place]), "score": score.value,
                    "low": score.low, "high": score.high, "count": score.n,
                }
            )  # fmt: skip
    return found


def curve_of(
    session: Session, project_id: UUID, exam: Exam, question: Question
) -> dict[str, list[dict[str, Any]]]:
    """Every finished model of these classes measured on the same cases; control models on those of
    them that were read when they were made. At most 60 points each.
    """
    rows = session.execute(
        select(TrainingRun, ModelVersion.id)
        .join(ModelVersion, ModelVersion.training_run_id == TrainingRun.id)
        .where(TrainingRun.project_id == project_id)
        .where(TrainingRun.metrics["kind"].astext == question.kind.value)
        .order_by(ModelVersion.number)
    ).all()
    step = -(-len(rows) // MOST_POINTS) if rows else 1
    strategy, control = [], []
    for run, model_id in rows[::-1][::step][::-1]:
        table, _ = scores_of(session, model_id, exam, question)
        if point := _point(table, exam, run.label_count, run.active_ms):
            strategy.append(point)
        alone = run.metrics.get("control") or {}
        said = alone.get("cases") or {}
        table = np.array(
            [
                [_number(said.get(str(item.study_id), {}).get(key)) for key in question.keys]
                for item in exam.items
            ]
        ).reshape(len(exam.items), len(question.keys))
        if point := _point(table, exam, run.control_label_count, alone.get("active_ms", 0)):
            control.append(point)
    return {"strategy": strategy, "control": control}


def _point(
    table: np.ndarray, exam: Exam, label_count: int, active_ms: int
) -> dict[str, Any] | None:
    score = overlap.overall(table, exam.patients)
    if score.value is None:
        return None
    return {
        "label_count": label_count,
        "active_minutes": round(active_ms / 60_000, 2),
        "score": score.value,
        "low": score.low,
        "high": score.high,
    }


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
