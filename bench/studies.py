"""Rows of many studies for the search at a size that would take an hour to send."""

import psycopg

STUDY = """
WITH made AS (
  SELECT n, gen_random_uuid() AS patient_id, gen_random_uuid() AS study_id,
         'P-' || upper(lpad(to_hex(n), 8, '0')) AS name,
         '2.25.' || (1000000000000 + n)::text AS uid,
         DATE '2010-01-01' + n %% 5000 AS day
  FROM generate_series(1, %(count)s) AS n
), people AS (
  INSERT INTO patient
    (id, created_at, project_id, pseudonym, keyed_hash, sex, age_years, is_holdout)
  SELECT patient_id, now(), %(project)s, name, name, 'F', 60, false FROM made RETURNING id
)
INSERT INTO study (id, created_at, project_id, patient_id, study_uid, study_date, modality,
                   series_count, instance_count, quality, dicom_json)
SELECT study_id, now(), %(project)s, patient_id, uid, day, 'CT', 1, 1, '{}'::jsonb,
  %(template)s::jsonb || jsonb_build_object(
    '0020000D', jsonb_build_object('vr', 'UI', 'Value', jsonb_build_array(uid)),
    '00080020', jsonb_build_object('vr', 'DA', 'Value',
      jsonb_build_array(to_char(day, 'YYYYMMDD'))),
    '00100020', jsonb_build_object('vr', 'LO', 'Value', jsonb_build_array(name)),
    '00100010', jsonb_build_object('vr', 'PN', 'Value',
      jsonb_build_array(jsonb_build_object('Alphabetic', name))))
FROM made
"""
SERIES = """
INSERT INTO series (id, created_at, project_id, study_id, series_uid, modality, series_number,
                    instance_count, dicom_json, is_assessed)
SELECT gen_random_uuid(), now(), project_id, id, study_uid || '.1', 'CT', 1, 1, '{}'::jsonb, true
FROM study WHERE project_id = %(project)s
"""


def fill_project(address: str, count: int, source_project: str) -> str:
    """A new project of so many studies, like those of another; answers its id."""
    from sqlalchemy import select

    from collimate.access.models import User
    from collimate.kit.database import open_session
    from collimate.projects.create import create_project

    with open_session() as session:
        user = session.scalars(select(User).order_by(User.id)).first()
        project = str(create_project(session, user, name=f"{count} studies").id)
    with psycopg.connect(address, autocommit=True) as connection:
        (template,) = connection.execute(
            "SELECT dicom_json::text FROM study WHERE project_id = %s LIMIT 1", (source_project,)
        ).fetchone()
        values = {"count": count, "project": project, "template": template}
        connection.execute(STUDY, values)
        connection.execute(SERIES, values)
        connection.execute("VACUUM ANALYZE study, series, patient")
    return project
