"""The DICOM JSON of all instances of a study or series, as one gzipped array, made ahead.

Good for one revision of the study; whoever asks before it is made, makes it.
"""

import gzip
import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.kit import database
from collimate.studies.models import Instance, MetadataCopy, Series, Study

PIXEL_DATA = "7FE00010"
LEVEL = 5
_AT_ONCE = 50
READING_ORDER = (
    Series.series_number.asc().nulls_last(),
    Series.id,
    Instance.instance_number.asc().nulls_last(),
    Instance.id,
)


@dataclass(frozen=True)
class Owner:
    """Whose metadata: a study or one of its series, in this revision of the study."""

    id: UUID
    study_id: UUID
    revision: int
    instances: ColumnElement[bool]


def is_current(joined: ColumnElement[bool]) -> ColumnElement[bool]:
    """For a join of `Study` with its copy: the one of this revision."""
    return and_(joined, MetadataCopy.revision == Study.revision)


def pack(session: Session, owner: Owner, study_address: str) -> bytes:
    """Make and keep the array; it links pixels below `/dicomweb/…/studies/{uid}`."""
    rows = session.execute(described().where(owner.instances).order_by(*READING_ORDER))
    texts = [
        with_bulkdata(
            text, bits, f"{study_address}/series/{series_uid}/instances/{sop_instance_uid}"
        )
        for text, bits, series_uid, sop_instance_uid in rows
    ]
    packed = gzip.compress(("[" + ",".join(texts) + "]").encode(), LEVEL, mtime=0)
    values = {
        "study_id": owner.study_id,
        "revision": owner.revision,
        "sha256": hashlib.sha256(packed).hexdigest(),
        "packed": packed,
    }
    session.execute(
        insert(MetadataCopy)
        .values(owner_id=owner.id, **values)
        .on_conflict_do_update(index_elements=["owner_id"], set_=values)
    )
    return packed


def pack_new(project_id: UUID, series_ids: set[UUID]) -> None:
    """Pack these series ahead, a few in each transaction, unless somebody asked already."""
    several = sorted(series_ids)
    for start in range(0, len(several), _AT_ONCE):
        with database.open_session() as session:
            rows = session.execute(
                select(Series.id, Series.study_id, Study.study_uid, Study.revision)
                .join(Study, Study.id == Series.study_id)
                .outerjoin(MetadataCopy, is_current(MetadataCopy.owner_id == Series.id))
                .where(
                    Series.id.in_(several[start : start + _AT_ONCE]),
                    MetadataCopy.owner_id.is_(None),
                    Study.deleted_at.is_(None),
                )
            ).all()
            for row in rows:
                owner = Owner(row.id, row.study_id, row.revision, Instance.series_id == row.id)
                pack(session, owner, f"/dicomweb/{project_id}/studies/{row.study_uid}")


def described():  # type: ignore[no-untyped-def]
    """What `with_bulkdata` needs of an instance."""
    return select(
        cast(Instance.dicom_json, Text).label("text"),
        Instance.bits_allocated,
        Series.series_uid,
        Instance.sop_instance_uid,
    ).join(Series, Series.id == Instance.series_id)


def with_bulkdata(text: str, bits_allocated: int, address: str) -> str:
    """The JSON object with a link to its pixels, which sort behind everything else in it."""
    vr = "OW" if bits_allocated > 8 else "OB"
    comma = "" if text == "{}" else ", "
    return (
        f'{text[:-1]}{comma}"{PIXEL_DATA}": {{"vr": "{vr}", '
        f'"BulkDataURI": "{address}/bulkdata/{PIXEL_DATA}"}}}}'
    )
