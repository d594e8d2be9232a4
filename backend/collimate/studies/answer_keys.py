"""Known labels that come with an import, hidden from every reader."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.studies.models import AnswerKey


def keep_answer_key(
    session: Session,
    project_id: UUID,
    study_id: UUID,
    facts: dict[str, Any],
    sop_instance_uid: str | None = None,
) -> None:
    """Store the answer key among `facts`, if there is one and the study has none yet.

    Marks without an image of their own belong to `sop_instance_uid`, first frame.
    """
    if not facts.get("label_keys") and not facts.get("marks"):
        return
    marks = [
        {"sop_instance_uid": sop_instance_uid, "frame_number": 1, **mark}
        for mark in facts.get("marks") or []
    ]
    session.execute(
        insert(AnswerKey)
        .values(
            project_id=project_id,
            study_id=study_id,
            label_keys=list(facts.get("label_keys") or []),
            marks=marks,
        )
        .on_conflict_do_nothing(index_elements=["project_id", "study_id"])
    )
