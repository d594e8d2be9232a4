"""What de-identification did to the files that came in together: counts and names, no values."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.studies.models import Instance, ReceivedFile


def imports_of(session: Session, project_id: UUID, limit: int) -> list[dict[str, Any]]:
    """The newest imports: when, by which way, by whom, and how many files."""
    rows = session.execute(
        select(
            ReceivedFile.import_id,
            func.min(ReceivedFile.created_at).label("created_at"),
            func.max(ReceivedFile.way_in).label("way_in"),
            func.max(User.name).label("received_by_name"),
            func.count().label("file_count"),
        )
        .outerjoin(User, User.id == ReceivedFile.received_by)
        .where(ReceivedFile.project_id == project_id, ReceivedFile.import_id.is_not(None))
        .group_by(ReceivedFile.import_id)
        .order_by(func.min(ReceivedFile.created_at).desc())
        .limit(limit)
    ).all()
    return [dict(row._mapping) for row in rows]


def report_of(session: Session, project_id: UUID, import_id: UUID | None) -> dict[str, Any]:
    """Files by state, and attributes by action and name, of one import or of the whole project.

    The counts are of attributes in images, nested ones included.
    """
    mine = [ReceivedFile.project_id == project_id]
    if import_id is not None:
        mine.append(ReceivedFile.import_id == import_id)
    states = session.execute(
        select(ReceivedFile.state, func.count().label("file_count"))
        .where(*mine)
        .group_by(ReceivedFile.state)
    )
    images = select(ReceivedFile.instance_id).where(*mine, ReceivedFile.state == "accepted")
    actions: dict[str, dict[str, int]] = {}
    for row in session.execute(_counts(images)):
        actions.setdefault(row.action, {})[row.name] = row.attribute_count
    return {
        "import_id": import_id,
        "files": {row.state: row.file_count for row in states},
        "actions": actions,
    }


def _counts(images: Select[Any]) -> Select[Any]:
    by_action = func.jsonb_each(Instance.actions).table_valued("key", "value", name="by_action")
    by_name = func.jsonb_each_text(by_action.c.value).table_valued("key", "value", name="by_name")
    return (
        select(
            by_action.c.key.label("action"),
            by_name.c.key.label("name"),
            func.sum(cast(by_name.c.value, Integer)).label("attribute_count"),
        )
        .select_from(Instance)
        .join(by_action, onclause=Instance.id.is_not(None))
        .join(by_name, onclause=by_action.c.key.is_not(None))
        .where(Instance.id.in_(images))
        .group_by(by_action.c.key, by_name.c.key)
        .order_by(by_action.c.key, by_name.c.key)
    )
