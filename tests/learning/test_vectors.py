"""Embeddings are read once, mapped afterwards, and never mixed up by crash, removal or haste."""

import threading
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from collimate.kit.database import open_session
from collimate.learning import encoders, vectors
from collimate.learning.forget import forget_copies
from collimate.learning.models import Embedding, Encoder
from tests.learning.worlds import World, make_world


@pytest.fixture
def world(session: Session, monkeypatch: pytest.MonkeyPatch) -> World:
    """A small pool that is mapped as a large one would be."""
    monkeypatch.setattr(vectors, "MAPPED_FROM", 1)
    monkeypatch.setattr(vectors, "READ_AT_ONCE", 7)
    return make_world(session, studies=40, dimensions={encoders.SCATTERING: 24})


def encoder_of(session: Session, world: World) -> Encoder:
    return encoders.current_encoders(session, world.project.id)[0]


def stored(session: Session, encoder: Encoder) -> dict[UUID, np.ndarray]:
    query = select(Embedding.study_id, Embedding.vector).where(Embedding.encoder_id == encoder.id)
    return {row.study_id: np.array(row.vector, np.float16) for row in session.execute(query)}


def agree(session: Session, encoder: Encoder) -> None:
    expected = stored(session, encoder)
    known = vectors.vectors_of(session, encoder)
    assert set(known.place) == set(expected)
    asked = list(expected)
    np.testing.assert_array_equal(known.of(asked), np.stack([expected[one] for one in asked]))


def test_mapped_vectors_are_those_of_the_database_as_studies_come_and_go(
    session: Session, world: World
) -> None:
    encoder = encoder_of(session, world)
    first, *rest = world.study_ids
    kept = session.scalar(
        select(Embedding.vector).where(
            Embedding.study_id == first, Embedding.encoder_id == encoder.id
        )
    )
    session.execute(delete(Embedding).where(Embedding.study_id.in_([first, rest[0]])))
    agree(session, encoder)
    session.add(Embedding(study_id=first, encoder_id=encoder.id, vector=kept))
    session.flush()
    agree(session, encoder)
    assert isinstance(vectors.vectors_of(session, encoder).table, np.memmap)
    session.execute(delete(Embedding).where(Embedding.study_id == rest[1]))
    agree(session, encoder)


def test_what_was_read_once_is_not_asked_of_the_database_again(
    session: Session, world: World
) -> None:
    encoder = encoder_of(session, world)
    before = vectors.vectors_of(session, encoder).of(world.study_ids)
    session.execute(
        update(Embedding).where(Embedding.encoder_id == encoder.id).values(vector=np.ones(24))
    )
    after = vectors.vectors_of(session, encoder).of(world.study_ids)
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(("file", "bytes_left"), [("ids", 16 * 9 + 5), ("vectors", 48 * 9 + 11)])
def test_blocks_cut_short_by_a_crash_are_made_whole(
    session: Session, world: World, file: str, bytes_left: int
) -> None:
    encoder = encoder_of(session, world)
    vectors.vectors_of(session, encoder)
    path = vectors.blocks_folder() / str(encoder.id) / file
    path.write_bytes(path.read_bytes()[:bytes_left])
    agree(session, encoder)


def test_blocks_that_are_forgotten_are_made_again(session: Session, world: World) -> None:
    encoder = encoder_of(session, world)
    mapped = vectors.vectors_of(session, encoder)
    before = mapped.of(world.study_ids)
    assert forget_copies() >= 2
    np.testing.assert_array_equal(mapped.of(world.study_ids), before)
    agree(session, encoder)


def test_a_disk_that_refuses_stops_nobody(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(vectors, "_append", refuse)
    agree(session, encoder_of(session, world))


def test_processes_that_read_at_once_keep_every_vector_once(session: Session, world: World) -> None:
    encoder_id = encoder_of(session, world).id
    session.commit()
    failures: list[BaseException] = []

    def read() -> None:
        try:
            with open_session() as own:
                agree(own, own.get_one(Encoder, encoder_id))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (vectors.blocks_folder() / str(encoder_id) / "ids").stat().st_size == 16 * 40
