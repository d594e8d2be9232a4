"""Models of masks and boxes in the loop: what the newest one thinks of the pool, and when the next
one is trained.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.learning.kinds import TaskKind
from collimate.learning.labels import Labelled, Question, labelled_units, manifest_sha256
from collimate.learning.models import ModelVersion, Prediction, TrainingRun
from collimate.learning.pool import Pool
from collimate.learning.versions import UNFINISHED
from collimate.ml.strategies import Boxes, Regions
from collimate.projects.models import Project

FEWEST_READ = 3
"""Studies that must be read before anything is trained."""


@dataclass(frozen=True)
class Opinion:
    """What a model that draws thinks of every study of the pool: a row each."""

    model_version_id: UUID
    score: float | None
    kind: TaskKind
    doubt: np.ndarray
    by_class: np.ndarray
    foreground: np.ndarray
    boxes: list[list[dict[str, Any]]]
    keys: tuple[str, ...]

    def of(self, rows: np.ndarray) -> dict[str, Any]:
        """The same of some studies, as a strategy reads it."""
        return {
            "foreground": self.foreground[rows],
            "regions": Regions(self.doubt[rows], self.by_class[rows], np.arange(len(rows))),
            "boxes": self._boxes(rows) if self.kind is TaskKind.DETECTION else None,
        }

    def _boxes(self, rows: np.ndarray) -> Boxes:
        items, said, where = [], [], []
        for item, row in enumerate(rows.tolist()):
            for box in self.boxes[row]:
                items.append(item)
                said.append([box["probability"] * (box["label_key"] == key) for key in self.keys])
                left, top, right, bottom = box["at"]
                # Likeness of scenes: where a box lies and how large it is.
                where.append(
                    [left + right - 1, top + bottom - 1, 2 * (right - left), 2 * (bottom - top)]
                )
        return Boxes(
            np.array(items, dtype=np.int64),
            np.array(said, dtype=np.float64).reshape(-1, len(self.keys)),
            np.array(where, dtype=np.float64).reshape(-1, 4),
        )


def finished(question: Question, project_id: UUID) -> Select[ModelVersion, TrainingRun]:
    """Models of these very classes that have drawn on every study, the newest first."""
    return (
        select(ModelVersion, TrainingRun)
        .join(TrainingRun, TrainingRun.id == ModelVersion.training_run_id)
        .where(ModelVersion.project_id == project_id)
        .where(TrainingRun.metrics["kind"].astext == question.kind.value)
        .where(TrainingRun.metrics["keys"] == list(question.keys))
        .where(~TrainingRun.metrics.has_key(UNFINISHED))
        .order_by(ModelVersion.number.desc())
    )


def newest_opinion(
    session: Session, project_id: UUID, pool: Pool, question: Question | None
) -> Opinion | None:
    """What the newest model thinks; None where none has learned these classes.

    A study that it has not seen is as doubtful as the median one.
    """
    if question is None or question.kind is TaskKind.CLASSIFICATION:
        return None
    found = session.execute(finished(question, project_id).limit(1)).first()
    if found is None:
        return None
    model, run = found
    said: dict[UUID, dict[str, Any]] = {
        study_id: scores
        for study_id, scores in session.execute(
            select(Prediction.study_id, Prediction.scores).where(
                Prediction.model_version_id == model.id
            )
        )
        if "doubt" in scores
    }
    if not any(study_id in said for study_id in pool.study_ids):
        return None
    table = np.array(
        [
            [own["doubt"], *(own["by_class"][key] for key in question.keys)]
            if (own := said.get(study_id)) is not None
            else [np.nan] * (1 + len(question.keys))
            for study_id in pool.study_ids
        ]
    )
    table = np.where(np.isnan(table), np.nanmedian(table, axis=0), table)
    scores = [said.get(study_id, {}) for study_id in pool.study_ids]
    return Opinion(
        model.id,
        (run.metrics.get("score") or {}).get("value"),
        question.kind,
        table[:, 0],
        table[:, 1:],
        np.array([own.get("has_foreground", True) for own in scores], dtype=bool),
        [own.get("boxes", []) for own in scores],
        question.keys,
    )


def lessons_of(session: Session, project: Project, question: Question) -> list[Labelled]:
    """The reads that a model learns from: all that count, whether or not an encoder can use the
    study, held-out patients apart.
    """
    labelled, _ = labelled_units(session, project, question)
    return [item for item in labelled if not item.is_holdout]


def ask_to_train(session: Session, project: Project, question: Question | None) -> bool:
    """Have a model trained in the background if it would learn from other reads than the newest
    did; answers whether.
    """
    if question is None or question.kind is TaskKind.CLASSIFICATION:
        return False
    items = lessons_of(session, project, question)
    if not can_train(items):
        return False
    newest = session.execute(finished(question, project.id).limit(1)).first()
    if newest is not None and newest[1].manifest_sha256 == manifest_sha256(items):
        return False
    enqueue(
        session, JobKind.TRAIN_MODEL, project_id=project.id, dedup_key=f"model:{project.id}"
    )  # fmt: skip
    return True


def can_train(items: list[Labelled]) -> bool:
    """Whether enough was read, and something drawn."""
    return len(items) >= FEWEST_READ and any(item.label_keys for item in items)
