"""The database: engine, table base, and the only place that commits."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import DateTime, Engine, Executable, MetaData, Uuid, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError, TimeoutError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from collimate.kit import clock, ids
from collimate.kit.settings import settings

Found = TypeVar("Found")
APPLICATION_ROLE = "collimate_app"
UNREACHABLE = (OperationalError, InterfaceError, TimeoutError)
"""The database is away, or has no connection left: not the fault of the work, so try again."""

TRUSTED_S = 1.0
"""How long after its last use a connection is taken without asking."""
_USED_AT = "used_at"

Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]


class Table(DeclarativeBase):
    """What every table of ours is: a UUIDv7 key and the moment it came to be."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True), UUID: Uuid()}  # noqa: RUF012


class Row(Table):
    """A table with our usual key and creation time."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=-1)


def database_url() -> str:
    """The address SQLAlchemy connects to, always through psycopg 3."""
    url = settings().database_url
    if not url:
        raise RuntimeError(
            "COLLIMATE_DATABASE_URL is empty. `collimate up` starts the embedded database itself; "
            "other processes are given its address."
        )
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@lru_cache
def engine() -> Engine:
    """The pool of this process. Connections act as the role that cannot rewrite history."""
    pool = create_engine(database_url(), pool_size=20, max_overflow=30, pool_recycle=1800)

    @event.listens_for(pool, "connect")
    def act_as_application(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(f"SET ROLE {APPLICATION_ROLE}")
        connection.autocommit = False

    event.listen(pool, "checkin", _note_use)
    event.listen(pool, "checkout", _ask_whether_it_lives)
    return pool


def _note_use(_connection: Any, record: Any) -> None:
    record.info[_USED_AT] = time.monotonic()


def _ask_whether_it_lives(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that rested may be dead; one that was just used is trusted, which saves asking.

    Raises:
        InvalidatePoolError: the pool makes this one anew, and the others when they are asked for.
    """
    if time.monotonic() - record.info.get(_USED_AT, time.monotonic()) < TRUSTED_S:
        return
    try:
        connection.autocommit = True
        connection.execute("SELECT 1")
        connection.autocommit = False
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def read(statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """The rows of one statement that changes nothing, asked for outside of a transaction.

    One way to the database and back instead of three, and no unit of work: for what is asked
    for very often.
    """
    with engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection.execute(statement, values or {}).all()


@contextmanager
def open_session() -> Iterator[Session]:
    """One unit of work: commits when the block ends well, then runs what waited for the commit."""
    with Session(engine(), expire_on_commit=False) as session:
        yield session
        session.commit()
        for action in session.info.pop("after_commit", []):
            action()


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run `action` once this unit of work is committed; never if it is rolled back."""
    session.info.setdefault("after_commit", []).append(action)


def keep(session: Session, row: Found) -> Found:
    """The row, known until this unit of work ends: one that nobody holds is read again."""
    session.info.setdefault("kept", []).append(row)
    return row


def found_or_let_go(session: Session, look: Callable[[], Found | None]) -> Found | None:
    """What `look` finds and locks; where it finds nothing, every lock it took is let go.

    A query that locks keeps the locks of rows that turned out not to match once they were
    waited for; undoing a savepoint is the only way to be rid of them before the end. Where it
    finds nothing, `look` must have changed nothing: the savepoint is the connection's, and the
    session, whose own would cost as much as a statement, is not told that it was undone.
    """
    session.flush()
    with session.connection().begin_nested() as savepoint:
        found = look()
        session.flush()
        if not found:
            savepoint.rollback()
    return found or None
