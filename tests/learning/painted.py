"""Projects whose readers paint or box a bright disc, and an ML worker that trains in a second."""

from collections.abc import Iterable
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import select

from collimate.annotations.runs import from_mask
from collimate.kit.database import open_session
from collimate.learning import ask
from collimate.learning.gpu import learn
from collimate.ml import dense_training
from collimate.projects import schema
from collimate.projects.models import Project
from collimate.studies.models import Instance, Study
from collimate.tasks import queue
from collimate.tasks.models import Task
from tests import factories
from tests.learning.pictures import make_picture

SIDE = 48


def disc(number: int) -> tuple[np.ndarray, np.ndarray]:
    """A noisy picture and the mask of its disc; every seventh has none."""
    rng = np.random.default_rng(number)
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    centre = rng.uniform(14, SIDE - 14, 2)
    mask = np.hypot(row - centre[0], column - centre[1]) < rng.uniform(6, 9)
    mask &= number % 7 != 3
    image = 1000 + 500 * mask + rng.normal(0, 60, mask.shape)
    return image.clip(0, 4095).astype(np.uint16), mask


def train_quickly(monkeypatch: pytest.MonkeyPatch, *, steps: int = 70) -> None:
    """Let the worker train a tiny network for so many steps."""
    monkeypatch.setattr(learn, "SIZES", {"cpu": learn.Size(32, 8, 6)})
    monkeypatch.setattr(dense_training, "MOST_STEPS", steps)


def make_painting_clinic(
    studies: int, *, kind: str = "segment", holdout_every: int = 3, **rules: object
) -> UUID:
    """Studies of one disc each; every third patient is held out; nothing is read yet."""
    with open_session() as session:
        project = factories.make_project(
            session, learning_rules={"batch_size": 5, "evaluation_share": 0.4, **rules}
        )
        # The key decides the seeds: the same clinic plays the same way.
        project.key = bytes(32)
        label = (
            schema.LabelDraft(name="Lung", kind="segment", colour="#0072b2")
            if kind == "segment"
            else schema.LabelDraft(name="Opacity", kind="box", colour="#56b4e9")
        )
        schema.design(
            session, None, project, question="", answer_mode="none", labels=[label]
        )  # fmt: skip
        for number in range(studies):
            make_picture(
                session, project=project, pixels=disc(number)[0],
                is_holdout=number % holdout_every == holdout_every - 1,
            )  # fmt: skip
        queue.open_missing(session, project.id)
        ask.for_embedding(session, project.id)
        return project.id


def paint(
    project_id: UUID, numbers: Iterable[int], *, kind: str = "segment", arm: str | None = None
) -> None:
    """Read these studies (by their place in the order of arrival) as they truly are."""
    with open_session() as session:
        project = session.get_one(Project, project_id)
        asked = schema.current_schema(session, project_id)
        reader = factories.make_member(session, project=project)
        studies = session.scalars(
            select(Study).where(Study.project_id == project_id).order_by(Study.id)
        ).all()
        for number in numbers:
            task = session.scalars(select(Task).where(Task.study_id == studies[number].id)).one()
            image = session.scalars(
                select(Instance).where(Instance.study_id == studies[number].id)
            ).one()
            drawn = said(disc(number)[1], image.sop_instance_uid, kind)
            factories.make_submission(
                session, project=project, reader=reader, schema=asked, label_keys=[], task=task,
                **{"segments" if kind == "segment" else "marks": drawn},
            )  # fmt: skip
            task.state, task.arm = "submitted", arm or task.arm


def said(mask: np.ndarray, sop_instance_uid: str, kind: str) -> list[dict]:
    """What a submission says of a mask: its runs, or the box around it."""
    if not mask.any():
        return []
    place = {"sop_instance_uid": sop_instance_uid, "frame_number": 1, "kind": kind}
    if kind == "segment":
        return [{**place, "label_key": "lung", "runs": from_mask(mask)}]
    rows, columns = np.nonzero(mask)
    points = [[columns.min(), rows.min()], [columns.max() + 1, rows.max() + 1]]
    return [{**place, "label_key": "opacity", "points": np.array(points, float).tolist()}]
