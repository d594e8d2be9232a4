"""A repeated request has one effect and the same answer."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.access.models import IdempotencyKey
from collimate.kit.errors import Unprocessable


class IdempotencyKeyReused(Unprocessable):
    """This key was already used for another request."""


def once(
    session: Session,
    user_id: UUID,
    key: str,
    request: dict[str, Any],
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Run `act` the first time this key is seen; afterwards give the stored answer.

    The key, the effect and the answer are one transaction. Two requests with the same key at the
    same time wait for each other on a transaction-level advisory lock.

    Raises:
        IdempotencyKeyReused: the key came before with another request body.
    """
    text = json.dumps(request, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"{user_id}:{key}", 0)))
    )
    known = session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    ).one_or_none()
    if known is not None:
        if known.request_hash != digest:
            raise IdempotencyKeyReused("Use a new key for a new request. Nothing was changed.")
        return known.answer
    answer = json.loads(json.dumps(act(), default=str))
    session.add(IdempotencyKey(user_id=user_id, key=key, request_hash=digest, answer=answer))
    session.flush()
    return answer
