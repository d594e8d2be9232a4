"""A patient can be erased everywhere, by one function that alone may touch the history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "patients_can_be_erased"
down_revision = "attributes"


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False, index=True),
        sa.Column("ordered_by", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("keyed_hash", sa.String, nullable=False, unique=True),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("rows_removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_table(
        "dataset_erasure",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "dataset_version_id", sa.Uuid, sa.ForeignKey("dataset_version.id"), nullable=False
        ),
        sa.Column("erasure_id", sa.Uuid, sa.ForeignKey("erasure.id"), nullable=False),
        sa.Column("entry_count", sa.Integer, nullable=False),
        sa.Column("manifest_sha256", sa.String, nullable=False),
        sa.UniqueConstraint("dataset_version_id", "erasure_id"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (finished_at) ON erasure TO collimate_app")
    op.execute("GRANT SELECT, INSERT ON dataset_erasure TO collimate_app")
    op.execute(
        "CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON dataset_erasure "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute(REFUSE.format(exception=UNLESS_ERASING))
    op.execute(ERASE)
    op.execute("REVOKE ALL ON FUNCTION erase_patient(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION erase_patient(uuid) TO collimate_app")


REFUSE = """
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {exception}
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$
"""

# the application cannot be the owner except inside the function below
UNLESS_ERASING = """
  IF TG_TABLE_NAME IN ('annotation_revision', 'submission', 'review', 'query_pick',
                       'dataset_version', 'dataset_entry')
     AND current_setting('collimate.erasing', true) = 'yes'
     AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
  THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
  END IF;
"""

ERASE = """
CREATE FUNCTION erase_patient(order_id uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  wanted text;
  patients uuid[];
  studies uuid[];
  images uuid[];
  files uuid[];
  tasks uuid[];
  reads uuid[];
  marks uuid[];
  handed_in uuid[];
  removed jsonb := '{}';
  n bigint;
BEGIN
  SELECT e.keyed_hash INTO wanted FROM public.erasure e
    WHERE e.id = order_id AND e.rows_removed_at IS NULL FOR UPDATE;
  IF wanted IS NULL THEN
    RAISE EXCEPTION 'there is no open order to erase this' USING ERRCODE = 'no_data_found';
  END IF;
  IF NOT EXISTS (
    SELECT FROM audit_event
    WHERE action = 'erasure_ordered' AND object_id = order_id::text
  ) THEN
    RAISE EXCEPTION 'an order that was not audited is not carried out'
      USING ERRCODE = 'insufficient_privilege';
  END IF;

  -- nobody adds an image meanwhile: ingest holds the same lock, and looks for the order under it
  PERFORM pg_advisory_xact_lock(hashtextextended('admit:' || id, 3))
    FROM (SELECT id FROM project ORDER BY id) AS every;
  patients := ARRAY(SELECT id FROM patient WHERE keyed_hash = wanted);
  studies := ARRAY(SELECT id FROM study WHERE patient_id = ANY(patients));
  images := ARRAY(SELECT id FROM instance WHERE study_id = ANY(studies));
  -- whoever saves a read locks its row first
  tasks := ARRAY(SELECT id FROM task WHERE study_id = ANY(studies) ORDER BY id FOR UPDATE);
  reads := ARRAY(SELECT id FROM read WHERE task_id = ANY(tasks) ORDER BY id FOR UPDATE);
  marks := ARRAY(SELECT id FROM annotation WHERE read_id = ANY(reads));
  handed_in := ARRAY(SELECT id FROM submission WHERE read_id = ANY(reads));
  files := ARRAY(
    SELECT id FROM received_file WHERE instance_id = ANY(images)
    UNION
    SELECT h.file_id FROM held_image h JOIN patient p
      ON p.project_id = h.project_id AND p.id = ANY(patients)
      AND h.dicom_json #>> '{00100020,Value,0}' = p.pseudonym
  );

  INSERT INTO spent_blob (sha256, project_id, noted_at)
  SELECT DISTINCT ON (sha256) sha256, project_id, now() FROM (
    SELECT unnest(ARRAY[file_sha256, frames_sha256, progressive_sha256, thumbnail_sha256]),
      project_id FROM instance WHERE id = ANY(images)
    UNION ALL SELECT blob_sha256, project_id FROM explanation WHERE study_id = ANY(studies)
    UNION ALL SELECT preview_sha256, project_id FROM held_image WHERE file_id = ANY(files)
    UNION ALL SELECT sha256, project_id FROM received_file WHERE id = ANY(files) AND has_bytes
  ) AS spent (sha256, project_id) WHERE sha256 IS NOT NULL
  ON CONFLICT DO NOTHING;

  PERFORM set_config('collimate.erasing', 'yes', true);
  -- a frozen version keeps its place in the order of entries, and says which order took it
  UPDATE dataset_version SET manifest = jsonb_set(manifest, '{entries}', (
    SELECT coalesce(jsonb_agg(
      CASE WHEN (entry ->> 'study_id')::uuid = ANY(studies)
        THEN jsonb_build_object('erasure_id', order_id) ELSE entry END
      ORDER BY place), '[]')
    FROM jsonb_array_elements(manifest -> 'entries') WITH ORDINALITY AS e (entry, place)))
  WHERE id IN (SELECT dataset_version_id FROM dataset_entry WHERE study_id = ANY(studies));
  DELETE FROM review WHERE submission_id = ANY(handed_in);
  DELETE FROM dataset_entry WHERE study_id = ANY(studies);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('dataset_entries', n);
  DELETE FROM submission WHERE id = ANY(handed_in);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('submissions', n);
  DELETE FROM annotation_revision WHERE annotation_id = ANY(marks);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('annotation_revisions', n);
  DELETE FROM annotation WHERE id = ANY(marks);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('annotations', n);
  DELETE FROM query_pick WHERE task_id = ANY(tasks);
  PERFORM set_config('collimate.erasing', 'no', true);

  -- answers that are kept for repeated requests hold what was saved
  DELETE FROM idempotency_key k USING unnest(reads) AS r (id)
    WHERE strpos(k.answer::text, r.id::text) > 0;
  DELETE FROM idempotency_key k USING unnest(marks) AS m (id)
    WHERE strpos(k.answer::text, m.id::text) > 0;
  DELETE FROM read WHERE id = ANY(reads);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('reads', n);
  DELETE FROM task WHERE id = ANY(tasks);
  DELETE FROM explanation WHERE study_id = ANY(studies);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('explanations', n);
  DELETE FROM prediction WHERE study_id = ANY(studies);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('predictions', n);
  DELETE FROM embedding WHERE study_id = ANY(studies);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('embeddings', n);
  DELETE FROM answer_key WHERE study_id = ANY(studies);
  DELETE FROM upload WHERE file_id = ANY(files);
  DELETE FROM held_image WHERE file_id = ANY(files);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('held_images', n);
  DELETE FROM received_file WHERE id = ANY(files);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('received_files', n);
  DELETE FROM instance WHERE id = ANY(images);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('instances', n);
  DELETE FROM series WHERE study_id = ANY(studies);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('series', n);
  DELETE FROM study WHERE id = ANY(studies);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('studies', n);
  DELETE FROM patient WHERE id = ANY(patients);
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed || jsonb_build_object('projects', n);

  UPDATE public.erasure AS e SET rows_removed_at = clock_timestamp(), counts = removed
    WHERE e.id = order_id;
  RETURN removed;
END $$
"""


def downgrade() -> None:
    op.execute("DROP FUNCTION erase_patient(uuid)")
    op.execute(REFUSE.format(exception=""))
    op.drop_table("dataset_erasure")
    op.drop_table("erasure")
