"""How image quality is spread, per site or scanner: a drift or an odd device stands out."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Float, func, literal
from sqlalchemy.orm import Session

from collimate.studies.attributes import bounded
from collimate.studies.browse import (
    FACETS,
    MEASURES,
    NOT_GIVEN,
    StudyFilter,
    criteria,
    matching,
    measured,
)

Measure = Literal[
    "contrast", "noise", "clipped_fraction", "blur", "resolution", "inverted_suspicion", "rows",
    "columns", "pixel_spacing_mm",
]  # fmt: skip
Grouping = Literal["site", "scanner", "manufacturer", "modality", "body_part"]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_GROUPS = 40


def distribution(
    session: Session, project_id: UUID, chosen: StudyFilter, *, measure: Measure, by: Grouping
) -> dict[str, Any]:
    """Quantiles of a measure over the chosen studies in each group, the largest groups first."""
    assert measure in MEASURES
    value, group = measured(measure), FACETS[by]
    shares = literal(list(QUANTILES), ARRAY(Float))
    query = (
        matching(group, func.count(), func.percentile_cont(shares).within_group(value))
        .where(criteria(project_id, chosen), value.is_not(None))
        .group_by(group)
        .order_by(func.count().desc(), group)
        .limit(MOST_GROUPS)
    )
    with bounded(session, chosen.attributes):
        found = session.execute(query).all()
    return {
        "measure": measure,
        "by": by,
        "groups": [
            {"value": name or NOT_GIVEN, "count": count, "quantiles": quantiles}
            for name, count, quantiles in found
        ],
    }
