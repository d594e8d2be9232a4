"""Which study is open to whom, remembered for seconds so that frames cost no query; and who may
send files, so that a request of a stream of them costs less.

The memory is this process's own. A change of rights made by this process ends it at once; one
made elsewhere is seen when it runs out.
"""

import hashlib
import time
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from starlette.requests import Request
from starlette.types import Scope

from collimate.access.api import current_actor
from collimate.access.models import PersonalToken, SignIn, User
from collimate.access.policy import Permission
from collimate.kit import database
from collimate.kit.recent import Recent
from collimate.projects import members
from collimate.projects.models import Member, Project
from collimate.studies import image_reads
from collimate.studies.browse import StudyNotFound
from collimate.studies.models import Instance, Series, Study

REMEMBERED_S = 5.0
_MOST = 20_000
_CREDENTIALS = (b"authorization", b"cookie")
# what, when it changes, may take a right away
_RIGHTS: dict[type, frozenset[str]] = {
    SignIn: frozenset({"ended_at", "expires_at"}),
    PersonalToken: frozenset({"revoked_at", "expires_at"}),
    User: frozenset({"is_active"}),
    Member: frozenset({"role", "user_id", "project_id"}),
    Project: frozenset({"archived_at"}),
    Study: frozenset({"deleted_at", "project_id"}),
    Series: frozenset({"study_id"}),
    Instance: frozenset({"series_id", "study_id"}),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A study its asker may see; `revision` grows with every change of its images."""

    study_id: UUID
    revision: int
    until: float


_Key = tuple[bytes, str, str]
_opened: Recent[_Key, Opened] = Recent(_MOST)
_seen: Recent[tuple[bytes, str], float] = Recent(_MOST)
_senders: Recent[tuple[bytes, str], tuple[UUID, float]] = Recent(_MOST)
_turn = 0


def forget() -> None:
    """Ask the database again from now on."""
    global _turn  # noqa: PLW0603 - counts up, so that no answer from before is kept
    _turn += 1
    _opened.clear()
    _seen.clear()
    _senders.clear()


def _key(scope: Scope, project_id: str) -> tuple[bytes, str]:
    said = hashlib.sha256()
    for name, value in scope["headers"]:
        if name in _CREDENTIALS:
            said.update(name + b"\0" + value + b"\0")
    said.update(scope.get("scheme", "").encode())
    return said.digest(), project_id.lower()


def recall_study(scope: Scope, project_id: str, study_uid: str) -> Opened | None:
    """The study, if this asker had it open a moment ago."""
    found = _opened.get((*_key(scope, project_id), study_uid))
    return found if found is not None and found.until > time.monotonic() else None


def open_study(request: Request, project_id: UUID, study_uid: str) -> Opened:
    """The study with this UID in the project; that it was opened is noted.

    Raises:
        NotSignedIn, ProjectNotFound, RoleForbids, StudyNotFound
    """
    recalled = recall_study(request.scope, str(project_id), study_uid)
    if recalled is not None:
        return recalled
    turn, until = _turn, time.monotonic() + REMEMBERED_S
    with database.open_session() as session:
        actor = current_actor(request, session)
        members.require(session, actor.user, project_id, Permission.SEE_IMAGES)
        study = session.scalars(
            select(Study).where(
                Study.project_id == project_id,
                Study.study_uid == study_uid,
                Study.deleted_at.is_(None),
            )
        ).one_or_none()
        if study is None:
            raise StudyNotFound()
        image_reads.note(session, actor.user.id, study)
        found = Opened(study.id, study.revision, until)
    if turn == _turn:
        _opened.put((*_key(request.scope, str(project_id)), study_uid), found)
    return found


def recall_project(scope: Scope, project_id: str) -> bool:
    """Whether this asker was let into the project a moment ago."""
    until = _seen.get(_key(scope, project_id))
    return until is not None and until > time.monotonic()


def enter_project(request: Request, project_id: UUID) -> UUID:
    """The project, for someone who may see its images.

    Raises:
        NotSignedIn, ProjectNotFound, RoleForbids
    """
    if recall_project(request.scope, str(project_id)):
        return project_id
    turn, until = _turn, time.monotonic() + REMEMBERED_S
    with database.open_session() as session:
        actor = current_actor(request, session)
        members.require(session, actor.user, project_id, Permission.SEE_IMAGES)
    if turn == _turn:
        _seen.put(_key(request.scope, str(project_id)), until)
    return project_id


def let_send(request: Request, project_id: UUID) -> UUID:
    """Who asks, if they may send files into the project; a program's token is remembered.

    A browser's session is looked at each time, because its CSRF token has to be.

    Raises:
        NotSignedIn, ProjectNotFound, RoleForbids
    """
    key = _key(request.scope, str(project_id))
    has_token = request.headers.get("authorization", "").partition(" ")[0].lower() == "bearer"
    found = _senders.get(key) if has_token else None
    if found is not None and found[1] > time.monotonic():
        return found[0]
    turn, until = _turn, time.monotonic() + REMEMBERED_S
    with database.open_session() as session:
        actor = current_actor(request, session)
        members.require(session, actor.user, project_id, Permission.MANAGE_DATA)
    if has_token and turn == _turn:
        _senders.put(key, (actor.user.id, until))
    return actor.user.id


@event.listens_for(Session, "after_flush")
def _notice_changed_rows(session: Session, _context: UOWTransaction) -> None:
    for row in session.dirty:
        watched = _RIGHTS.get(type(row), frozenset())
        changed = (inspect(row).attrs[name].history.has_changes() for name in watched)
        if any(changed):
            database.after_commit(session, forget)
            return
    if any(type(row) in _RIGHTS for row in session.deleted):
        database.after_commit(session, forget)


@event.listens_for(Session, "do_orm_execute")
def _notice_changed_tables(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if (state.is_update or state.is_delete) and mapper is not None and mapper.class_ in _RIGHTS:
        database.after_commit(state.session, forget)
