"""From reads to what a mask or box model trains on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from collimate.learning.drawn import Reading, boxes_of, evenly, mask_of, places_of, readings_of
from collimate.learning.images import FramePlace, StudyUnusable, beside, frames_of
from collimate.learning.kinds import TaskKind
from collimate.learning.labels import Labelled, Question
from collimate.ml.boxes import Corners
from collimate.ml.dense_recipes import box_target
from collimate.ml.dense_training import Samples
from collimate.ml.images import UnusableImage
from collimate.ml.intake import Intake, fit_intake, shrink_mask
from collimate.studies.models import Study

MOST_FRAMES_PER_STUDY = 48
FEWEST_EMPTY_FRAMES = 2
MOST_BYTES = 600_000_000
VALUES_PER_FRAME = 2_000


@dataclass(frozen=True)
class _Lesson:
    """A frame to learn from: what is beside it, and what readers drew on it."""

    frames: tuple[FramePlace, FramePlace, FramePlace]
    readings: list[Reading]

    @property
    def own(self) -> FramePlace:
        return self.frames[1]


def gather(
    session: Session,
    question: Question,
    items: Sequence[Labelled],
    *,
    side: int,
    seed: int,
    check: Callable[[], None],
) -> tuple[Samples, Intake]:
    """The frames of these reads, brought to one form; the form is fitted on them.

    Of a study the drawn frames and as many empty ones, evenly spread; a frame that its reader left
    empty counts as empty. A frame that cannot be used is left out. `check` is called before
    every frame and may stop it all by raising.
    """
    lessons = [lesson for item in items for lesson in _lessons(session, question, item)]
    study_ids = [item.study_id for item in items]
    intake = fit_intake(
        _modality(session, study_ids),
        [(one.own.instance.rows, one.own.instance.columns, one.own.spacing) for one in lessons],
        _inside(lessons, question),
        side=side,
    )
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(lessons))
    images: list[np.ndarray] = []
    targets: list[np.ndarray] = []
    for number in order:
        lesson = lessons[number]
        check()
        try:
            image = stack_of(lesson.frames, intake)
        except (StudyUnusable, UnusableImage):
            continue
        images.append(image)
        targets.append(_target(lesson, question, *image.shape[1:]))
        if sum(one.nbytes for one in (images[-1], targets[-1])) * len(images) > MOST_BYTES:
            break
    shows = [
        np.array([n for n, target in enumerate(targets) if target[c].max() > 0.5], dtype=np.int64)
        for c in range(len(question.keys))
    ]
    return Samples(_padded(images, 3), _padded(targets, _channels(question)), shows), intake


def stack_of(frames: Sequence[FramePlace], intake: Intake) -> np.ndarray:
    """A frame between its neighbours, (3, height, width) float16 in [0, 1].

    Raises: StudyUnusable, UnusableImage for the frame itself; a neighbour that cannot be read
    gives way to it.
    """
    own = _read(frames[1], intake)
    layers = []
    for frame in frames:
        if frame.key == frames[1].key:
            layers.append(own)
            continue
        try:
            layers.append(_read(frame, intake))
        except (StudyUnusable, UnusableImage):
            layers.append(own)
    return np.stack(layers).astype(np.float16)


def _read(frame: FramePlace, intake: Intake) -> np.ndarray:
    values, is_inverted = frame.values()
    return intake.read(values, frame.spacing, invert=is_inverted)


def _lessons(session: Session, question: Question, item: Labelled) -> list[_Lesson]:
    frames = frames_of(session, item.study_id)
    readings = list(readings_of(session, question, item.submission_ids).values())
    drawn = places_of(readings)
    full = [number for number, frame in enumerate(frames) if frame.key in drawn]
    empty = [number for number, frame in enumerate(frames) if frame.key not in drawn]
    half = MOST_FRAMES_PER_STUDY // 2
    full = [full[at] for at in evenly(len(full), half)]
    wanted = min(half, max(FEWEST_EMPTY_FRAMES, len(full)))
    empty = [empty[at] for at in evenly(len(empty), wanted)]
    return [_Lesson(beside(frames, number), readings) for number in sorted([*full, *empty])]


def _modality(session: Session, study_ids: Sequence[UUID]) -> str:
    """The modality of all these studies; empty where they differ."""
    found = {session.get_one(Study, study_id).modality or "" for study_id in study_ids}
    return found.pop() if len(found) == 1 else ""


def _inside(lessons: Sequence[_Lesson], question: Question) -> np.ndarray:
    """Some modality values of what was painted or boxed."""
    found: list[np.ndarray] = []
    for lesson in lessons:
        if not any(lesson.own.key in reading for reading in lesson.readings):
            continue
        try:
            values, _ = lesson.own.values()
        except StudyUnusable:
            continue
        for key in question.keys:
            if question.kind is TaskKind.SEGMENTATION:
                own = values[mask_of(lesson.readings, lesson.own.key, key, *values.shape)]
            else:
                boxes = boxes_of(lesson.readings, lesson.own.key, key)
                own = np.concatenate(
                    [np.zeros(0, np.float32), *(_within(values, b) for b in boxes)]
                )
            found.append(own[:: max(1, len(own) // VALUES_PER_FRAME)])
    joined = np.concatenate(found) if found else np.zeros(0)
    return joined[np.isfinite(joined)].astype(np.float64)


def _within(values: np.ndarray, box: Corners) -> np.ndarray:
    """The values of a box; nothing of one beside the image."""
    (left, top), (right, bottom) = np.floor(box).astype(int).tolist()
    # below 0 an index would count from the other end
    rows, columns = slice(max(0, top), max(0, bottom + 1)), slice(max(0, left), max(0, right + 1))
    return values[rows, columns].ravel()


def _target(lesson: _Lesson, question: Question, height: int, width: int) -> np.ndarray:
    make = _masks if question.kind is TaskKind.SEGMENTATION else _boxes
    return make(lesson, question, height, width).astype(np.float16)


def _masks(lesson: _Lesson, question: Question, height: int, width: int) -> np.ndarray:
    instance, readings = lesson.own.instance, lesson.readings
    return np.stack(
        [
            shrink_mask(
                mask_of(readings, lesson.own.key, key, instance.rows, instance.columns),
                height,
                width,
            )
            for key in question.keys
        ]
    )


def _boxes(lesson: _Lesson, question: Question, height: int, width: int) -> np.ndarray:
    instance = lesson.own.instance
    x, y = width / instance.columns, height / instance.rows
    drawn = [boxes_of(lesson.readings, lesson.own.key, key) for key in question.keys]
    return box_target(
        [[(a[0] * x, a[1] * y, b[0] * x, b[1] * y) for a, b in own] for own in drawn], height, width
    )


def _channels(question: Question) -> int:
    return len(question.keys) + (0 if question.kind is TaskKind.SEGMENTATION else 3)


def _padded(arrays: list[np.ndarray], channels: int) -> np.ndarray:
    """All arrays on one canvas, each in its upper left corner, zero beyond."""
    height = max((one.shape[1] for one in arrays), default=1)
    width = max((one.shape[2] for one in arrays), default=1)
    table = np.zeros((len(arrays), channels, height, width), dtype=np.float16)
    for number, one in enumerate(arrays):
        table[number, :, : one.shape[1], : one.shape[2]] = one
    return table
