"""Bringing a database to the newest schema, one process at a time."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from collimate.kit.database import database_url
from collimate.kit.settings import REPOSITORY

LOCK = 7_246_301


def config() -> Config:
    """Alembic's settings, wherever the process was started."""
    made = Config(str(REPOSITORY / "alembic.ini"))
    made.set_main_option("script_location", str(REPOSITORY / "migrations"))
    return made


def migrate() -> None:
    """Upgrade to the newest revision; processes that come at the same time wait for the first."""
    engine = create_engine(database_url())
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        connection.commit()
        try:
            alembic = config()
            alembic.attributes["connection"] = connection
            command.upgrade(alembic, "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()
    engine.dispose()


def is_current() -> bool:
    """Whether the database is at the newest revision."""
    engine = create_engine(database_url())
    try:
        with engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return at == ScriptDirectory.from_config(config()).get_current_head()


if __name__ == "__main__":
    migrate()
