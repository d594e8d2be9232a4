"""Noting who looked at which study: one audit event per person and study in ten minutes."""

import time
from threading import Lock
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.kit.database import after_commit
from collimate.studies.models import Study

QUIET_S = 600.0
_MOST = 50_000
_noted: dict[tuple[UUID, UUID], float] = {}
_lock = Lock()


def note(session: Session, user_id: UUID, study: Study) -> None:
    """Record that images of the study were given to the user, unless that was just said.

    The memory is this process's own: several web processes may each say it once.
    """
    key = (user_id, study.id)
    now = time.monotonic()
    with _lock:
        if now - _noted.get(key, -QUIET_S) < QUIET_S:
            return
    audit.record(session, user_id, "images_opened", "study", study.id, project_id=study.project_id)
    after_commit(session, lambda: _remember(key, now))


def _remember(key: tuple[UUID, UUID], now: float) -> None:
    with _lock:
        if len(_noted) >= _MOST:
            _noted.clear()
        _noted[key] = now
