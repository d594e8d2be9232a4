"""Encoders of a project: which serve now, which is being trained, one given as a file."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from collimate.jobs import events
from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.learning.models import Encoder, ModelVersion
from collimate.ml import descriptors
from collimate.ml.weights import COLLIMATE

SCATTERING, SIMCLR, GIVEN, TAUGHT = "scattering", "simclr", "given", "taught"
DEEP = (SIMCLR, GIVEN, TAUGHT)
OWN = (SIMCLR, TAUGHT)
"""Trained here; they wait until the labels say that they help."""
DEEP_DIMENSION = 192
TRAINING, READY, FAILED, RETIRED = "training", "ready", "failed", "retired"


def current_encoders(session: Session, project_id: UUID) -> list[Encoder]:
    """The encoders whose blocks make the feature space now, by kind."""
    return list(
        session.scalars(
            select(Encoder)
            .where(Encoder.project_id == project_id, Encoder.is_current)
            .order_by(Encoder.kind)
        )
    )


def scattering_encoder(session: Session, project_id: UUID) -> Encoder:
    """The encoder that needs no training; made at its first use, current from then on."""
    # Two workers that start at once must not both make one.
    key = f"scattering:{project_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 3))))
    found = session.scalars(
        select(Encoder).where(Encoder.project_id == project_id, Encoder.kind == SCATTERING)
    ).one_or_none()
    if found is None:
        found = Encoder(
            project_id=project_id,
            kind=SCATTERING,
            state=READY,
            dimension=descriptors.CHANNELS * descriptors.GRID**2,
            recipe={"recipe": "morlet-scattering-1", "side": descriptors.SIDE},
            is_current=True,
        )
        session.add(found)
        session.flush()
    return found


def deep_encoder(session: Session, project_id: UUID, *states: str) -> Encoder | None:
    """The newest trained or given encoder in one of these states."""
    return session.scalars(
        select(Encoder)
        .where(Encoder.project_id == project_id, Encoder.kind.in_(DEEP), Encoder.state.in_(states))
        .order_by(Encoder.id.desc())
        .limit(1)
    ).one_or_none()


def shown_encoder(session: Session, project_id: UUID) -> Encoder | None:
    """The encoder a person cares about: the one in training, else the best that serves."""
    training = deep_encoder(session, project_id, TRAINING)
    if training is not None:
        return training
    current = current_encoders(session, project_id)
    deep = [encoder for encoder in current if encoder.kind in DEEP]
    return next(iter(deep or current), None)


def is_busy(session: Session, project_id: UUID, kind: JobKind) -> bool:
    """Whether such a job of the project runs or waits."""
    query = select(Job.id).where(
        Job.project_id == project_id, Job.kind == kind, Job.state.in_(["queued", "running"])
    )
    return bool(session.scalar(select(query.exists())))


def in_training(session: Session, project_id: UUID, kind: str = SIMCLR) -> Encoder | None:
    """The encoder that is being trained on the project's images, or taught its labels."""
    return session.scalars(
        select(Encoder)
        .where(Encoder.project_id == project_id, Encoder.kind == kind)
        .where(Encoder.state == TRAINING)
    ).first()


def begin_training(session: Session, project_id: UUID) -> Encoder:
    """The row of the encoder that is being trained; a run cut short goes on with its own."""
    running = in_training(session, project_id)
    if running is not None:
        return running
    encoder = Encoder(
        project_id=project_id, kind=SIMCLR, state=TRAINING, dimension=DEEP_DIMENSION, recipe={}
    )
    session.add(encoder)
    session.flush()
    return encoder


def stand_ready(session: Session, encoder: Encoder) -> None:
    """Note that a trained encoder is complete; it serves once it proves better (`gate.decide`)."""
    session.execute(
        update(Encoder)
        .where(Encoder.project_id == encoder.project_id, Encoder.kind.in_(OWN))
        .where(Encoder.state == READY, ~Encoder.is_current, Encoder.id != encoder.id)
        .values(state=RETIRED)
    )
    encoder.state = READY
    session.flush()


def swap_in(session: Session, encoder: Encoder) -> None:
    """Let a complete deep encoder serve from the next round on; earlier ones retire."""
    session.execute(
        update(Encoder)
        .where(Encoder.project_id == encoder.project_id, Encoder.kind.in_(DEEP))
        .where(Encoder.is_current, Encoder.id != encoder.id)
        .values(is_current=False, state=RETIRED)
    )
    encoder.state, encoder.is_current = READY, True
    session.flush()
    events.publish(session, "round", encoder.project_id, encoder_id=encoder.id)


def fail(session: Session, encoder: Encoder, reason: str) -> None:
    """Note that an encoder cannot be used, and why; those that serve go on serving."""
    encoder.state, encoder.is_current = FAILED, False
    encoder.recipe = {**encoder.recipe, "failure": reason}
    session.flush()


def note_refused(session: Session, encoder: Encoder, refused: dict[UUID, str]) -> None:
    """Remember which studies this encoder cannot use and why, so that they are not tried again."""
    if refused:
        known = {str(study_id): reason for study_id, reason in refused.items()}
        locked = session.get_one(Encoder, encoder.id, with_for_update=True)
        locked.recipe = {**locked.recipe, "refused": {**refused_by(locked), **known}}
        session.flush()


def architecture_of(encoder: Encoder) -> str:
    """The network of a trained or given encoder."""
    return str(encoder.recipe.get("architecture", COLLIMATE))


def taught_patients(encoders: Iterable[Encoder]) -> frozenset[str]:
    """Patients (ids as text) whose labels one of these encoders has learned."""
    return frozenset(one for encoder in encoders for one in encoder.recipe.get("patients", []))


def refused_by(encoder: Encoder) -> dict[str, str]:
    """Studies (ids as text) that the encoder cannot use, with the reason."""
    return dict(encoder.recipe.get("refused", {}))


def refused_count(session: Session, project_id: UUID) -> int:
    """How many studies no current encoder can use."""
    current = current_encoders(session, project_id)
    return len({study for encoder in current for study in refused_by(encoder)})


def newest_failure(session: Session, project_id: UUID) -> str | None:
    """Why the newest trained or given encoder failed; None where it did not."""
    newest = deep_encoder(session, project_id, TRAINING, READY, FAILED)
    if newest is None or newest.state != FAILED:
        return None
    return str(newest.recipe.get("failure", "the reason is unknown."))


def has_network(session: Session, model: ModelVersion) -> bool:
    """Whether a trained network is among the encoders of a model."""
    ids = [UUID(one) for one in model.encoder_ids]
    found = select(Encoder.id).where(Encoder.id.in_(ids), Encoder.kind.in_(DEEP)).limit(1)
    return session.scalar(found) is not None
