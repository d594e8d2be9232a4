"""Teach the encoder that serves what readers answered, stepping aside whenever a person waits."""

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.run import JobFailed, JobRun
from collimate.kit.settings import settings
from collimate.learning import encoders, teach
from collimate.learning.fit import HoldoutTouched
from collimate.learning.gpu.embed import loaded, square_for
from collimate.learning.gpu.glance import Glance
from collimate.learning.gpu.train import (
    TRAINING_SHARE,
    embed_all,
    keep_weights,
    note_failure,
    noting_a_cancel,
    seed_of,
)
from collimate.learning.images import StudyUnusable, picture_for
from collimate.learning.labels import Labelled, question_of
from collimate.learning.models import Encoder
from collimate.ml import fine_tuning, together
from collimate.ml.checkpoints import UnreadableCheckpoint
from collimate.ml.memory import MemoryTooSmall
from collimate.ml.training import TrainingDiverged
from collimate.projects.models import Project


def teach_encoder(run: JobRun) -> dict[str, Any]:
    """Teach, embed the whole project, and have the labels asked whether it helps.

    What is under way goes on with the reads it began with, as far as they still stand.

    Raises: JobFailed with the reason, what serves goes on serving; JobCancelled; LostLease.
    """
    assert run.project_id is not None
    with run.open_session() as session:
        project = session.get_one(Project, run.project_id)
        base = teach.base_of(session, run.project_id)
        lessons, count = teach.lessons_for(session, project)
        row = encoders.in_training(session, run.project_id, encoders.TAUGHT)
        if row is None:
            if base is None or count < teach.labels_needed(session, run.project_id):
                return {"skipped": 1}
            row = teach.begin(session, run.project_id, base, lessons, count)
    begun_with = set(row.recipe["submission_ids"])
    lessons = [one for one in lessons if {str(i) for i in one.submission_ids} <= begun_with]
    with noting_a_cancel(run, row.id):
        if row.weights_sha256 is None and not _teach(run, row, lessons):
            return _pause(run)
        return embed_all(run, row.id)


def _teach(run: JobRun, row: Encoder, lessons: list[Labelled]) -> bool:
    """Teach to the last step; answers False if it stepped aside."""
    folder = settings().home_path / "work" / "encoders" / str(row.id)
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / "encoder.safetensors"
    try:
        done = _taught(run, row, lessons, out)
    except together.RanksFailed as error:
        raise JobFailed(str(error)) from error
    except (
        fine_tuning.TooFewLabels, TrainingDiverged, MemoryTooSmall, UnreadableCheckpoint,
    ) as error:  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
        note_failure(run, row.id, str(error))
        raise JobFailed(f"{error} What serves goes on serving.") from error
    if done.weights is None:
        run.check()
        return False
    keep_weights(run, row.id, out)
    return True


def _taught(
    run: JobRun, row: Encoder, lessons: list[Labelled], out: Path
) -> fine_tuning.TunedEncoder:
    run.report(0.01, "Reading what was answered")
    with run.open_session() as session:
        base = session.get_one(Encoder, UUID(row.recipe["base_id"]))
        weights = str(base.weights_sha256)
        question = question_of(session, session.get_one(Project, row.project_id))
        squares: list[np.ndarray] = []
        seen: list[Labelled] = []
        for item in lessons:
            if item.is_holdout or teach.is_apart(item.patient_id):
                raise HoldoutTouched("A patient kept apart was about to be learned from.")
            run.check()
            try:
                squares.append(square_for(base, picture_for(session, item)))
            except StudyUnusable:
                continue
            seen.append(item)
    if question is None or not seen:
        raise fine_tuning.TooFewLabels("There is too little to tell apart to teach an encoder.")
    answers = np.array([[key in item.label_keys for key in question.keys] for item in seen])
    return together.teach_encoder(
        np.stack(squares),
        answers if question.is_multi else answers.argmax(axis=1),
        count=together.ranks_for(settings().training_gpus),
        base=loaded(weights),
        class_count=len(question.keys),
        patients=np.array([str(item.patient_id) for item in seen]),
        out=out,
        seed=seed_of(row.id),
        on_progress=lambda part, text: run.report(part * TRAINING_SHARE, text),
        should_stop=Glance(run),
        threads=settings().torch_threads,
    )


def _pause(run: JobRun) -> dict[str, Any]:
    """Queue the rest behind what is urgent; the checkpoint carries the work over."""
    with run.open_session() as session:
        enqueue(
            session,
            JobKind.TEACH_ENCODER,
            project_id=run.project_id,
            dedup_key=f"teach:{run.project_id}",
        )
    return {"paused": 1}
