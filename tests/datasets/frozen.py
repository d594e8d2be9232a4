"""A project with real image bytes and submitted reads, ready to be frozen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.actor import Actor
from collimate.annotations.play import play_read
from collimate.datasets.freeze import freeze
from collimate.datasets.models import DatasetVersion
from collimate.datasets.splits import SplitShares
from collimate.kit import ids
from collimate.kit.blobs import blobs, work_folder
from collimate.studies.models import Instance, Study
from tests import factories
from tests.tasks.worlds import Room, make_room

ROWS, COLUMNS = 40, 30
MARKS = [
    {"kind": "box", "label_key": "opacity", "points": [[4.0, 5.0], [20.5, 30.25]]},
    {"kind": "polygon", "label_key": "outline", "points": [[1.0, 1.0], [9.0, 1.0], [9.0, 7.5]]},
    {"kind": "length", "label_key": "heart_width", "points": [[2.0, 20.0], [26.0, 20.0]]},
]
IN_SPACE = {
    "kind": "length",
    "label_key": "heart_width",
    "frame_of_reference_uid": "1.2.3",
    "row_direction": [1.0, 0.0, 0.0],
    "column_direction": [0.0, 0.0, -1.0],
    "places": [[-3.5, 12.0, 40.25], [20.0, 12.0, 31.0]],
}
SEGMENT = {"kind": "segment", "label_key": "lung", "runs": [3 * COLUMNS + 4, 5, COLUMNS - 5, 7]}


def store_image(session: Session, study: Study, seed: int) -> Instance:
    """Give the study's instance a frame of 12-bit noise in the blob store."""
    instance = session.scalars(select(Instance).where(Instance.study_id == study.id)).one()
    pixels = np.random.default_rng(seed).integers(0, 4096, (ROWS, COLUMNS), dtype=np.uint16)
    with work_folder() as folder:
        (folder / "frame").write_bytes(pixels.tobytes())
        blob = blobs().put(folder / "frame")
    instance.file_sha256 = instance.frames_sha256 = blob.sha256
    instance.frame_ranges = [[0, blob.byte_count]]
    instance.rows, instance.columns = ROWS, COLUMNS
    facts = {"00280010": ROWS, "00280011": COLUMNS, "00280002": 1, "00280100": 16, "00280103": 0}
    instance.dicom_json = {
        **{tag: {"vr": "US", "Value": [value]} for tag, value in facts.items()},
        "00280004": {"vr": "CS", "Value": ["MONOCHROME2"]},
    }
    return instance


@dataclass
class Frozen:
    room: Room
    version: DatasetVersion


def read_project(session: Session, *, studies: int = 6, **rules: Any) -> Room:
    """Studies of as many patients, each read with an answer and one mark of every kind."""
    room = make_room(session, tasks=0, readers=1, **rules)
    for index in range(studies):
        study = factories.make_study(session, project=room.project)
        store_image(session, study, index)
    reader = Actor(room.readers[0], ids.new_id())
    for index in range(studies):
        play_read(
            session, project_id=room.project.id, reader=reader,
            answer=[("normal", "viral")[index % 2]], marks=lambda study: marks_on(session, study),
        )  # fmt: skip
    return room


def marks_on(session: Session, study: Study) -> list[dict[str, Any]]:
    uid = session.scalars(
        select(Instance.sop_instance_uid).where(Instance.study_id == study.id)
    ).one()
    image = {"sop_instance_uid": uid, "frame_number": 1}
    return [{**said, **image} for said in [*MARKS, SEGMENT, IN_SPACE]]


def freeze_project(session: Session, **options: Any) -> Frozen:
    room = read_project(session, **options)
    version = freeze(
        session, room.readers[0].id, room.project, name="v1", note="", shares=SplitShares()
    )
    return Frozen(room, version)
