"""Take an encoder that comes as a safetensors file; nothing in it is ever executed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from anyio import to_thread
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.kit import database
from collimate.kit.blobs import BodyTooLarge, blobs, work_folder
from collimate.kit.errors import Unprocessable
from collimate.learning.encoders import GIVEN, TRAINING
from collimate.learning.models import Encoder
from collimate.ml.weights import MAX_FILE_BYTES, SHAPES, UnreadableWeights, check_weights
from collimate.projects.models import Project
from collimate.studies.upload import Incoming


class WeightsUnusable(Unprocessable):
    """These weights cannot be used."""


@dataclass(frozen=True)
class WeightsTicket:
    """Who may give weights to which project; checked before the first byte is read."""

    user_id: UUID
    project_id: UUID


def give_encoder(session: Session, project: Project, path: Path, *, by: UUID | None) -> Encoder:
    """Keep the weights and have the ML worker check their values before they serve.

    Raises:
        WeightsUnusable: no safetensors file, a pickle, or the tensors of another network.
    """
    return _given(session, project, path, by)[0]


def _given(session: Session, project: Project, path: Path, by: UUID | None) -> tuple[Encoder, Job]:
    try:
        architecture = check_weights(path)
    except UnreadableWeights as error:
        raise WeightsUnusable(str(error)) from error
    blob = blobs().put(path)
    encoder = Encoder(
        project_id=project.id,
        kind=GIVEN,
        state=TRAINING,
        weights_sha256=blob.sha256,
        dimension=SHAPES[architecture].features,
        recipe={"architecture": architecture},
    )
    session.add(encoder)
    session.flush()
    audit.record(
        session, by, "encoder_given", "encoder", encoder.id,
        project_id=project.id, weights_sha256=blob.sha256,
    )  # fmt: skip
    job = enqueue(
        session,
        JobKind.TRAIN_ENCODER,
        project_id=project.id,
        requested_by=by,
        dedup_key=f"encoder-given:{encoder.id}",
        encoder_id=encoder.id,
    )
    return encoder, job


async def take_weights(ticket: WeightsTicket, chunks: AsyncIterator[bytes]) -> Job:
    """Receive a file of weights; answers the job that checks it. No thread waits for the sender.

    Raises:
        BodyTooLarge, WeightsUnusable
    """
    with work_folder() as folder:
        incoming = Incoming(folder)
        try:
            async for chunk in chunks:
                if incoming.byte_count + len(chunk) > MAX_FILE_BYTES:
                    raise BodyTooLarge(f"Weights may have {MAX_FILE_BYTES // 2**20} MiB at most.")
                await incoming.write(chunk)
            return await to_thread.run_sync(_finish, ticket, incoming)
        finally:
            incoming.close()


def _finish(ticket: WeightsTicket, incoming: Incoming) -> Job:
    incoming.finish()
    with database.open_session() as session:
        project = session.get_one(Project, ticket.project_id)
        return _given(session, project, incoming.path, ticket.user_id)[1]
