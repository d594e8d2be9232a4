"""The audit chain notices every tampering."""

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from collimate.access import audit
from collimate.kit.database import open_session
from collimate.kit.ids import new_id


@pytest.fixture
def chain(database):
    project = new_id()
    with open_session() as session:
        for number in range(5):
            audit.record(session, None, "looked", "study", number, project_id=project)
    return database


def verified():
    with open_session() as session:
        return audit.verify(session)


def test_an_untouched_chain_is_intact(chain):
    assert verified() == audit.Verification(True, 5, None)


TAMPERINGS = {
    "a changed row": "UPDATE audit_event SET action = 'blinked' WHERE position = 3",
    "a removed row": "DELETE FROM audit_event WHERE position = 3",
    "a cut-off tail": "DELETE FROM audit_event WHERE position = 5",
    "two rows swapped": (
        "UPDATE audit_event SET position = 7 - position + 100 WHERE position IN (3, 4); "
        "UPDATE audit_event SET position = position - 100 WHERE position > 100"
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS, ids=lambda how: how.replace(" ", "_"))
def test_tampering_by_the_database_owner_is_found(chain, how):
    with psycopg.connect(chain, autocommit=True) as owner:
        owner.execute("ALTER TABLE audit_event DISABLE TRIGGER refuse_rewriting")
        try:
            owner.execute(TAMPERINGS[how])
        finally:
            owner.execute("ALTER TABLE audit_event ENABLE TRIGGER refuse_rewriting")
    assert not verified().is_intact


def test_the_application_may_not_rewrite_the_trail(chain):
    from sqlalchemy import text

    for statement in ("UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(DBAPIError, match="permission denied"), open_session() as session:
            session.execute(text(statement))


def test_a_change_that_fails_leaves_no_audit_row(chain):
    with pytest.raises(RuntimeError), open_session() as session:
        audit.record(session, None, "never", "study", 1)
        raise RuntimeError
    assert verified().checked_count == 5
