"""Rows of many studies for the search at a size that would take an hour to send."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import psycopg

AT_ONCE = 2_000


def fill_project(address: str, count: int, source_project: str) -> str:
    """A new project of so many studies, like those of another; answers its id."""
    from sqlalchemy import insert, select

    from collimate.access.models import User
    from collimate.kit.database import open_session
    from collimate.projects.create import create_project
    from collimate.studies.models import Patient, Series, Study

    with open_session() as session:
        user = session.scalars(select(User).order_by(User.id)).first()
        project_id = create_project(session, user, name=f"{count} studies").id
        template = session.scalars(
            select(Study.dicom_json).where(Study.project_id == uuid.UUID(source_project)).limit(1)
        ).first()
    for start in range(0, count, AT_ONCE):
        rows = list(_rows(project_id, range(start, min(count, start + AT_ONCE)), template or {}))
        with open_session() as session:
            for table, place in ((Patient, 0), (Study, 1), (Series, 2)):
                session.execute(insert(table), [row[place] for row in rows])
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE study, series, patient")
    return str(project_id)


def _rows(project_id: uuid.UUID, numbers: range, template: dict) -> Iterator[tuple[dict, ...]]:
    for number in numbers:
        patient_id, study_id = uuid.uuid4(), uuid.uuid4()
        name, uid = f"P-{number:08X}", f"2.25.{10**12 + number}"
        day = date(2010, 1, 1) + timedelta(days=number % 5000)
        described = {
            **template,
            "0020000D": {"vr": "UI", "Value": [uid]},
            "00080020": {"vr": "DA", "Value": [f"{day:%Y%m%d}"]},
            "00100020": {"vr": "LO", "Value": [name]},
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": name}]},
        }
        mine = {"project_id": project_id}
        yield (
            {**mine, "id": patient_id, "pseudonym": name, "keyed_hash": name, "is_holdout": False},
            {**mine, "id": study_id, "patient_id": patient_id, "study_uid": uid, "study_date": day,
             "modality": "CT", "series_count": 1, "instance_count": 1, "dicom_json": described},
            {**mine, "study_id": study_id, "series_uid": f"{uid}.1", "modality": "CT",
             "series_number": 1, "instance_count": 1},
        )  # fmt: skip
