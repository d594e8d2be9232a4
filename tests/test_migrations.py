"""Migrations: up from nothing, nothing missing, down and up again, many at once."""

import threading

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from collimate.kit.settings import settings
from collimate.migrate import config, is_current, migrate
from collimate.tables import metadata
from tests import factories


@pytest.fixture
def scratch(database_server, monkeypatch):
    """An empty database of its own."""
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS scratch WITH (FORCE)")
        connection.execute("CREATE DATABASE scratch")
    address = database_server.replace("/collimate_test?", "/scratch?")
    monkeypatch.setenv("COLLIMATE_DATABASE_URL", address)
    settings.cache_clear()
    yield address
    monkeypatch.undo()
    settings.cache_clear()


def test_the_migrated_schema_is_the_one_the_models_describe(scratch):
    migrate()
    assert is_current()
    engine = create_engine(scratch.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert difference == []


def test_the_newest_migration_goes_down_and_up_again(scratch):
    migrate()
    command.downgrade(config(), "-1")
    assert not is_current()
    migrate()
    assert is_current()


def test_tasks_that_were_there_before_know_who_is_held_out(scratch):
    migrate()
    engine = create_engine(scratch.replace("postgresql://", "postgresql+psycopg://"))
    with Session(engine) as session:
        project = factories.make_project(session)
        study = factories.make_study(session, project=project, is_holdout=True)
        held = factories.make_task(session, project=project, study=study).id
        free = factories.make_task(session, project=project).id
        session.commit()
    command.downgrade(config(), "first_reads_name_all_suggestions")
    migrate()
    with engine.connect() as connection:
        known = connection.execute(text("SELECT id, is_holdout FROM task")).all()
    engine.dispose()
    assert dict(map(tuple, known)) == {held: True, free: False}


def test_processes_that_migrate_at_once_wait_for_each_other(scratch):
    failures = []

    def attempt():
        try:
            migrate()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert is_current()


APPEND_ONLY = [
    "annotation_revision", "submission", "audit_event", "review", "query_pick",
    "dataset_version", "dataset_entry", "dataset_erasure", "auto_accepted_case",
]  # fmt: skip


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_tables_refuse_the_application_and_the_owner(scratch, table):
    migrate()
    with psycopg.connect(scratch, autocommit=True) as connection:
        rights = connection.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = 'collimate_app' AND table_name = %s",
            (table,),
        ).fetchall()
        trigger = connection.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgname = 'refuse_rewriting' "
            "AND tgrelid = %s::regclass",
            (table,),
        ).fetchone()
    assert {right for (right,) in rights} == {"SELECT", "INSERT"}
    assert trigger == ("O",)
