"""Studies with real pixels in the blob store, and ML jobs run as the worker runs them."""

from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.jobs.kinds import Queue
from collimate.jobs.models import Job
from collimate.jobs.run import claim, execute
from collimate.kit.blobs import blobs, work_folder
from collimate.learning.jobs import HANDLERS
from collimate.projects.models import Project
from collimate.studies.models import Instance, Patient, Series, Study
from tests import factories


def chest(kind: int, seed: int, *, rows: int = 120, columns: int = 100) -> np.ndarray:
    """A grey oval with, by kind: nothing, a bright blob on the left, fine stripes on the right."""
    rng = np.random.default_rng(seed)
    row, column = np.mgrid[0:rows, 0:columns]
    oval = ((row - rows / 2) / (0.45 * rows)) ** 2 + (
        (column - columns / 2) / (0.45 * columns)
    ) ** 2
    image = 900 + 600 * (oval < 1) + rng.normal(0, 25, (rows, columns))
    if kind == 1:
        image += 900 * np.exp(-((row - 70) ** 2 + (column - 25) ** 2) / (2 * 9**2))
    if kind == 2:
        image += 350 * np.sin(0.9 * row) * ((column > 60) & (column < 85) & (row > 30) & (row < 90))
    return image.clip(0, 4095).astype(np.uint16)


def dicom_json(pixels: np.ndarray, photometric: str) -> dict[str, Any]:
    rows, columns = pixels.shape[-2:]
    numbers = {
        "00280002": 1, "00280010": rows, "00280011": columns, "00280100": 16, "00280103": 0,
    }  # fmt: skip
    described: dict[str, Any] = {
        tag: {"vr": "US", "Value": [value]} for tag, value in numbers.items()
    }
    described["00280004"] = {"vr": "CS", "Value": [photometric]}
    return described


def make_picture(
    session: Session,
    *,
    project: Project,
    pixels: np.ndarray,
    photometric: str = "MONOCHROME2",
    patient: Patient | None = None,
    is_holdout: bool = False,
) -> Study:
    """A study of one instance whose frames (frame, row, column) lie in the blob store."""
    frames = pixels if pixels.ndim == 3 else pixels[None]
    study = factories.make_study(session, project=project, patient=patient, is_holdout=is_holdout)
    instance = session.scalars(select(Instance).where(Instance.study_id == study.id)).one()
    with work_folder() as folder:
        path = folder / "frames.raw"
        path.write_bytes(frames.astype("<u2").tobytes())
        instance.frames_sha256 = blobs().put(path).sha256
    length = frames[0].size * 2
    instance.frame_ranges = [[place * length, length] for place in range(len(frames))]
    instance.frame_count = len(frames)
    instance.rows, instance.columns = frames.shape[1:]
    instance.photometric_interpretation = photometric
    series_uid = session.get_one(Series, instance.series_id).series_uid
    instance.dicom_json = {
        **dicom_json(frames, photometric),
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.1.1"]},
        "00080018": {"vr": "UI", "Value": [instance.sop_instance_uid]},
        "0020000D": {"vr": "UI", "Value": [study.study_uid]},
        "0020000E": {"vr": "UI", "Value": [series_uid]},
    }
    session.flush()
    return study


def work_once() -> tuple[str, Job] | None:
    """Do the most urgent waiting ML job; answers its final state and row."""
    from collimate.kit.database import open_session

    run = claim(Queue.ML)
    if run is None:
        return None
    state = execute(run, HANDLERS)
    with open_session() as session:
        return state, session.get_one(Job, run.id)


def work_all(limit: int = 50) -> list[tuple[str, str]]:
    """Do waiting ML jobs until none is left; answers (kind, final state) in order."""
    done = []
    for _ in range(limit):
        found = work_once()
        if found is None:
            return done
        done.append((found[1].kind, found[0]))
    raise AssertionError("The jobs never came to an end.")
