"""The audit chain: one row per change and per read of patient data, each sealing the last."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.access.models import AuditEvent, User
from collimate.kit import clock

INSTANCE_CHAIN = "instance"
START = bytes(32)
# Every act waits for its audit row, so these are tables and statements of their own: nothing to
# track, nothing to put together.
EVENTS, HEADS = (AuditEvent.metadata.tables[name] for name in ("audit_event", "audit_head"))
_LOCKED_HEAD = (
    select(HEADS.c.position, HEADS.c.hash).where(HEADS.c.chain == bindparam("of")).with_for_update()
)
_APPENDED = insert(EVENTS)
_MOVED_HEAD = (
    update(HEADS)
    .where(HEADS.c.chain == bindparam("of"))
    .values(position=bindparam("last_position"), hash=bindparam("last_hash"))
)


@dataclass(frozen=True)
class Note:
    """What one event says: ids, counts and coded values only, no label content, no DICOM values."""

    actor_id: UUID | None
    action: str
    object_kind: str
    object_id: object
    detail: dict[str, Any] = field(default_factory=dict)


def record(
    session: Session,
    actor_id: UUID | None,
    action: str,
    object_kind: str,
    object_id: object,
    *,
    project_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Append one event to its project's chain, in the caller's transaction."""
    record_all(session, project_id, [Note(actor_id, action, object_kind, object_id, detail)])


def record_all(session: Session, project_id: UUID | None, notes: Sequence[Note]) -> None:
    """Append several events to a project's chain, in order, as `record` does with one."""
    if not notes:
        return
    session.flush()
    chain = str(project_id) if project_id else INSTANCE_CHAIN
    position, last = _locked_head(session, chain)
    events = []
    for note in notes:
        position += 1
        event = {
            "chain": chain,
            "position": position,
            "at": clock.now(),
            "actor_id": note.actor_id,
            "action": note.action,
            "object_kind": note.object_kind,
            "object_id": str(note.object_id),
            "project_id": project_id,
            "detail": json.loads(json.dumps(note.detail, default=str)),
            "previous_hash": last,
        }
        event["hash"] = last = seal(event)
        events.append(event)
    session.execute(_APPENDED, events)
    session.execute(_MOVED_HEAD, {"of": chain, "last_position": position, "last_hash": last})


def _locked_head(session: Session, chain: str) -> tuple[int, bytes]:
    """Where a chain ends; nobody else appends to it before this transaction is over."""
    head = session.execute(_LOCKED_HEAD, {"of": chain}).one_or_none()
    if head is None:
        first = insert(HEADS).values(chain=chain, position=0, hash=START)
        session.execute(first.on_conflict_do_nothing())
        head = session.execute(_LOCKED_HEAD, {"of": chain}).one()
    return head.position, head.hash


def seal(event: Mapping[str, Any]) -> bytes:
    """SHA-256 over the canonical form of everything the event says and the hash before it."""
    content = {
        "chain": event["chain"],
        "position": event["position"],
        "at": event["at"].isoformat(timespec="microseconds"),
        "actor_id": str(event["actor_id"]) if event["actor_id"] else None,
        "action": event["action"],
        "object_kind": event["object_kind"],
        "object_id": event["object_id"],
        "project_id": str(event["project_id"]) if event["project_id"] else None,
        "detail": event["detail"],
        "previous_hash": event["previous_hash"].hex(),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"collimate-audit-1\0" + text.encode()).digest()


@dataclass(frozen=True)
class Verification:
    """What a walk along every chain found."""

    is_intact: bool
    checked_count: int
    first_bad_id: int | None


def verify(session: Session) -> Verification:
    """Walk every chain: changed, missing, inserted or cut-off events are found."""
    heads = {head.chain: head for head in session.execute(select(HEADS))}
    last: dict[str, tuple[int, bytes]] = {}
    checked = 0
    events = session.execute(
        select(EVENTS).order_by(EVENTS.c.chain, EVENTS.c.position).execution_options(yield_per=1000)
    )
    for event in events:
        position, previous = last.get(event.chain, (0, START))
        is_next = event.position == position + 1 and event.previous_hash == previous
        if not is_next or event.hash != seal(event._asdict()) or event.chain not in heads:
            return Verification(False, checked, event.id)
        last[event.chain] = (event.position, event.hash)
        checked += 1
    for chain, head in heads.items():
        if last.get(chain, (0, START)) != (head.position, head.hash):
            return Verification(False, checked, None)
    return Verification(True, checked, None)


def page(
    session: Session, *, project_id: UUID | None, after: int | None, limit: int
) -> list[dict[str, Any]]:
    """The newest events first, with the actor's name; all chains when no project is given."""
    query = (
        select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    if project_id is not None:
        query = query.where(AuditEvent.project_id == project_id)
    if after is not None:
        query = query.where(AuditEvent.id < after)
    names = ("id", "at", "action", "object_kind", "object_id", "project_id", "detail")
    return [
        {**{name: getattr(event, name) for name in names}, "actor_name": actor or "system"}
        for event, actor in session.execute(query)
    ]
