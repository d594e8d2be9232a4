"""Runs migrations on the connection it is given, else on COLLIMATE_DATABASE_URL."""

from alembic import context
from sqlalchemy import Connection, create_engine

from collimate.kit.database import database_url
from collimate.tables import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(database_url()).connect() as own:
        run(own)
        own.commit()
