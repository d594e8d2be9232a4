"""What a search shows of a study lies ready as text; parts of names are found by index."""

from alembic import op

revision = "found_studies_lie_ready"
down_revision = "first_reads"


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION study_found_json(project_id uuid, study_uid varchar, said jsonb)
        RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
          SELECT (said || jsonb_build_object('00081190', jsonb_build_object('vr', 'UR', 'Value',
            jsonb_build_array(concat('/dicomweb/', project_id, '/studies/', study_uid)))))::varchar
        $$
        """
    )
    op.execute(
        """
        ALTER TABLE study ADD COLUMN found_json varchar NOT NULL
        GENERATED ALWAYS AS (study_found_json(project_id, study_uid, dicom_json)) STORED
        """
    )
    # unpacking would cost what is saved by having it ready
    op.execute("ALTER TABLE study ALTER COLUMN found_json SET STORAGE MAIN")
    op.execute(
        """
        CREATE INDEX ix_patient_plain_pseudonym_grams ON patient USING gin
        (text_grams(regexp_replace(lower(pseudonym), '[^a-z0-9]', '', 'g')))
        """
    )


def downgrade() -> None:
    op.drop_index("ix_patient_plain_pseudonym_grams", "patient")
    op.drop_column("study", "found_json")
    op.execute("DROP FUNCTION study_found_json(uuid, varchar, jsonb)")
