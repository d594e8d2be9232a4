"""What a project learns of: its studies, or the series or images of each, evenly thinned."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from collimate.learning.labels import SERIES
from collimate.studies.models import Instance, Series

MOST_UNITS = 32
"""Of a study with more series or images so many are looked at, evenly spread."""


def ids_of(scope: str, project_id: UUID) -> Select[UUID]:
    """Ids of every series or image of a project."""
    table: Any = Series if scope == SERIES else Instance
    return select(table.id).where(table.project_id == project_id)


def looked_at(scope: str, project_id: UUID) -> Select[UUID, UUID]:
    """Study and id of the series or images that encoders look at, at most `MOST_UNITS` a study.

    The i-th of n is taken where i * most / n, rounded, grows: the same ones on every call, spread
    over the study in reading order.
    """
    series_order = (Series.series_number.nulls_last(), Series.id)
    if scope == SERIES:
        every = select(*_numbered(Series.study_id, Series.id, *series_order)).where(
            Series.project_id == project_id, Series.instance_count > 0
        )
    else:
        order = (*series_order, Instance.instance_number.nulls_last(), Instance.id)
        every = (
            select(*_numbered(Instance.study_id, Instance.id, *order))
            .join(Series, Series.id == Instance.series_id)
            .where(Instance.project_id == project_id)
        )
    unit = every.subquery()
    number, count = unit.c.number, unit.c.count
    share = (number * MOST_UNITS + count // 2 + count) // count
    before = ((number - 1) * MOST_UNITS + count // 2 + count) // count
    return select(unit.c.study_id, unit.c.id).where((count <= MOST_UNITS) | (share > before))


def _numbered(
    study: InstrumentedAttribute[UUID], own: InstrumentedAttribute[UUID], *order: Any
) -> list[ColumnElement[Any]]:
    """Study, id, place within the study from 0, and how many the study has."""
    place = func.row_number().over(partition_by=study, order_by=order) - 1
    count = func.count().over(partition_by=study)
    return [study.label("study_id"), own.label("id"), place.label("number"), count.label("count")]
