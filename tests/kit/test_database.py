"""Connections are trusted for a moment after their use, asked after a rest, replaced when dead."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import select, text

from collimate.kit import database as kit_database
from collimate.kit.database import engine, open_session, read
from collimate.projects.models import Project
from tests import factories

PID = text("SELECT pg_backend_pid()")


@pytest.fixture(autouse=True)
def _one_connection(database: str) -> Iterator[None]:
    """A pool that begins empty, so that the next connection is the one used before."""
    engine().dispose()
    yield
    engine().dispose()


def test_a_connection_that_died_while_it_rested_is_replaced(database, monkeypatch):
    ((pid,),) = read(PID)
    assert read(PID) == [(pid,)]
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    monkeypatch.setattr(kit_database, "TRUSTED_S", 0.0)
    ((another,),) = read(PID)
    assert another != pid


def test_reading_outside_of_a_transaction_leaves_the_connection_as_it_was():
    ((pid,),) = read(PID)
    with pytest.raises(RuntimeError), open_session() as session:
        assert session.scalar(PID) == pid
        project = factories.make_project(session)
        raise RuntimeError
    assert read(select(Project.id).where(Project.id == project.id)) == []
    assert read(text("SELECT current_role")) == [("collimate_app",)]
