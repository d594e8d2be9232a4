"""Train an encoder on a project's own images, stepping aside whenever a person waits."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.run import JobCancelled, JobFailed, JobRun
from collimate.kit import database
from collimate.kit.blobs import BlobMissing, blobs
from collimate.kit.settings import settings
from collimate.learning import encoders
from collimate.learning.ask import learn_anew
from collimate.learning.gpu.embed import embed_missing
from collimate.learning.gpu.glance import Glance
from collimate.learning.images import StudyUnusable, picture_of
from collimate.learning.models import Encoder
from collimate.ml import self_supervised, together
from collimate.ml.checkpoints import UnreadableCheckpoint
from collimate.ml.encoder import load_encoder
from collimate.ml.images import to_bytes
from collimate.ml.memory import MemoryTooSmall
from collimate.ml.training import TrainingDiverged
from collimate.ml.weights import SIDE, UnreadableWeights
from collimate.reviews.accepted import excluded_studies
from collimate.studies.models import Patient, Study

FEWEST_STUDIES = 200
MOST_IMAGES = 20_000
TRAINING_SHARE = 0.8


def train_or_check(run: JobRun) -> dict[str, Any]:
    """Train the project's encoder, or check one that was given.

    A given one serves at once, because a person chose it; a trained one waits for `gate.decide`.
    """
    given = run.arguments.get("encoder_id")
    if given is not None:
        return _take_given(run, UUID(given))
    is_forced = "is_forced" in run.arguments
    assert run.project_id is not None
    with run.open_session() as session:
        count = len(_pool_studies(session, run.project_id))
        is_begun = encoders.in_training(session, run.project_id) is not None
        served = encoders.deep_encoder(session, run.project_id, encoders.READY, encoders.TRAINING)
        if not is_forced and not is_begun and (served is not None or count < FEWEST_STUDIES):
            return {"skipped": 1}
        if count < self_supervised.FEWEST_IMAGES:
            raise JobFailed(
                f"Training needs at least {self_supervised.FEWEST_IMAGES} studies of the pool."
            )
        row = encoders.begin_training(session, run.project_id)
    with noting_a_cancel(run, row.id):
        if row.weights_sha256 is None and not _train(run, row):
            return _pause(run, is_forced)
        return embed_all(run, row.id)


@contextmanager
def noting_a_cancel(run: JobRun, encoder_id: UUID) -> Iterator[None]:
    """Whoever cancels gives the half-done encoder up; the encoders that serve go on serving."""
    try:
        yield
    except JobCancelled:
        note_failure(run, encoder_id, "its training was stopped.")
        raise


def _train(run: JobRun, row: Encoder) -> bool:
    """Train to the end of the budget; answers False if it stepped aside.

    Raises: JobFailed; JobCancelled; LostLease.
    """
    folder = settings().home_path / "work" / "encoders" / str(row.id)
    folder.mkdir(parents=True, exist_ok=True)
    images = _images(run, folder)
    out = folder / "encoder.safetensors"
    checkpoint = out.with_name(out.name + ".checkpoint")
    steps_aside = Glance(run)
    try:
        result = together.train_encoder(
            images,
            count=together.ranks_for(settings().training_gpus),
            out=out,
            seed=seed_of(row.id),
            seconds=settings().encoder_seconds,
            on_progress=lambda fraction, text: run.report(fraction * TRAINING_SHARE, text),
            should_stop=steps_aside,
            resume_from=checkpoint if checkpoint.exists() else None,
            threads=settings().torch_threads,
        )
    except UnreadableCheckpoint:
        checkpoint.unlink()
        raise JobFailed("The half-done training could not be read; try again.") from None
    except together.RanksFailed as error:
        raise JobFailed(str(error)) from error
    except (self_supervised.TooFewImages, TrainingDiverged, MemoryTooSmall) as error:
        note_failure(run, row.id, str(error))
        raise JobFailed(str(error)) from error
    if not result.finished:
        run.check()
        return False
    keep_weights(run, row.id, out)
    return True


def keep_weights(run: JobRun, encoder_id: UUID, out: Path) -> None:
    """Store what a training left with its encoder; its work folder is not needed any more."""
    with run.open_session() as session:
        stored = session.get_one(Encoder, encoder_id)
        stored.weights_sha256 = blobs().put(out).sha256
        stored.recipe = {**stored.recipe, **load_encoder(out).recipe}
    shutil.rmtree(out.parent, ignore_errors=True)


def _pause(run: JobRun, is_forced: bool) -> dict[str, Any]:
    """Queue the rest behind what is urgent; the checkpoint carries the work over."""
    arguments: dict[str, Any] = {"is_forced": 1} if is_forced else {}
    with run.open_session() as session:
        enqueue(
            session,
            JobKind.TRAIN_ENCODER,
            project_id=run.project_id,
            dedup_key=f"encoder:{run.project_id}",
            **arguments,
        )
    return {"paused": 1}


def embed_all(run: JobRun, encoder_id: UUID) -> dict[str, Any]:
    """Embed the whole project; only then may the encoder serve or be compared."""
    rest = 1.0 - TRAINING_SHARE
    report: Callable[[float], None] = lambda fraction: run.report(  # noqa: E731
        TRAINING_SHARE + rest * fraction, "Looking at all studies with the new encoder"
    )
    embed_missing(run, encoder_id, report, may_pause=False)
    with run.open_session() as session:
        row = session.get_one(Encoder, encoder_id)
        if row.kind == encoders.GIVEN:
            encoders.swap_in(session, row)
            learn_anew(session, row.project_id)
        else:
            encoders.stand_ready(session, row)
            enqueue(
                session,
                JobKind.COMPARE_ENCODERS,
                project_id=row.project_id,
                dedup_key=f"compare:{row.project_id}",
            )
    return {"encoder_id": str(encoder_id)}


def _take_given(run: JobRun, encoder_id: UUID) -> dict[str, Any]:
    with run.open_session() as session:
        row = session.get_one(Encoder, encoder_id)
        weights = str(row.weights_sha256)
    try:
        with blobs().local(weights) as path:
            recipe = load_encoder(path).recipe
    except (UnreadableWeights, BlobMissing) as error:
        note_failure(run, encoder_id, str(error))
        raise JobFailed(str(error)) from error
    with run.open_session() as session:
        row = session.get_one(Encoder, encoder_id)
        row.recipe = {**row.recipe, "given": recipe}
    with noting_a_cancel(run, encoder_id):
        return embed_all(run, encoder_id)


def note_failure(run: JobRun, encoder_id: UUID, reason: str) -> None:
    """Keep with the encoder why it cannot be used."""
    with run.open_session() as session:
        encoders.fail(session, session.get_one(Encoder, encoder_id), reason)


def _pool_studies(session: Session, project_id: UUID) -> list[UUID]:
    """Studies that may be learned from: no held-out patient and none a reader excluded."""
    query = (
        select(Study.id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Study.project_id == project_id, Study.deleted_at.is_(None))
        .where(Study.instance_count > 0, Patient.is_holdout.is_(False))
        .where(Study.id.not_in(excluded_studies(project_id)))
        .order_by(Study.id)
    )
    return list(session.scalars(query))


def _images(run: JobRun, folder: Path) -> np.ndarray:
    """The pool as small images; kept beside the checkpoint, so that going on is quick.

    The set is fixed when training begins: images that arrive later are embedded, not trained on.
    """
    path = folder / "images.npy"
    if path.exists():
        return np.load(path, allow_pickle=False)
    assert run.project_id is not None
    with database.open_session() as session:
        study_ids = _pool_studies(session, run.project_id)[:MOST_IMAGES]
    squares: list[np.ndarray] = []
    for study_id in study_ids:
        run.check()
        with database.open_session() as session:
            try:
                squares.append(to_bytes(picture_of(session, study_id).square(SIDE)))
            except StudyUnusable:
                continue
    images = np.stack(squares) if squares else np.zeros((0, SIDE, SIDE), dtype=np.uint8)
    draft = folder / "images.draft.npy"
    np.save(draft, images, allow_pickle=False)
    draft.replace(path)
    return images


def seed_of(encoder_id: UUID) -> int:
    """A seed of its own for every encoder."""
    return int.from_bytes(encoder_id.bytes[-4:], "big") >> 1
