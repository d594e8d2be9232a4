"""Studies chosen in the list, to do something with all of them at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.kit.errors import Unprocessable
from collimate.studies.attributes import bounded
from collimate.studies.browse import criteria, matching, read_filter
from collimate.studies.models import Study

MOST = 10_000


class TooManyStudies(Unprocessable):
    """These are too many studies for one step."""


def chosen_studies(
    session: Session,
    project_id: UUID,
    study_ids: Sequence[UUID] | None,
    said: dict[str, Any] | None = None,
) -> list[UUID]:
    """The ids of those named, else of all that fulfil a filter; what is not here is left out.

    Raises:
        TooManyStudies, BadQualityRange, BadAttributeCondition, SearchTooSlow
    """
    if study_ids is not None:
        here = select(Study.id).where(Study.project_id == project_id, Study.deleted_at.is_(None))
        found = list(session.scalars(here.where(Study.id.in_(study_ids)).order_by(Study.id)))
    else:
        chosen = read_filter(said or {})
        query = matching(Study.id).where(criteria(project_id, chosen)).order_by(Study.id)
        with bounded(session, chosen.attributes):
            found = list(session.scalars(query.limit(MOST + 1)))
    if len(found) > MOST:
        raise TooManyStudies(f"At most {MOST:,} at once. Narrow the list; nothing was changed.")
    return found
