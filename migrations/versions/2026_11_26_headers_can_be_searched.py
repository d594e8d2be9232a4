"""Series keep what can be searched of their headers; parts of pseudonyms are found by index."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "headers_can_be_searched"
down_revision = "guide_examples"


def upgrade() -> None:
    op.add_column(
        "series", sa.Column("attributes", JSONB, nullable=False, server_default=sa.text("'{}'"))
    )
    op.create_index(
        "ix_series_attributes", "series", ["attributes"], postgresql_using="gin",
        postgresql_ops={"attributes": "jsonb_path_ops"},
    )  # fmt: skip
    op.execute(
        """
        CREATE FUNCTION text_grams(said text) RETURNS text[]
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
          SELECT coalesce(array_agg(DISTINCT substr(lower(said), n, 3)), '{}')
          FROM generate_series(1, length(said) - 2) AS n
        $$
        """
    )
    op.create_index(
        "ix_patient_pseudonym_grams", "patient", [sa.text("text_grams(pseudonym)")],
        postgresql_using="gin",
    )  # fmt: skip
    # what is here already is looked at again by the light worker
    op.execute("UPDATE series SET is_assessed = false")
    op.execute(
        """
        INSERT INTO job (id, created_at, kind, queue, arguments, project_id, state, priority,
          attempt, progress, message, error, result, cancel_requested, sent_at)
        SELECT gen_random_uuid(), now(), 'ingest_received', 'light', '{}', project_id, 'queued', 10,
          0, 0, '', '', '{}', false, now()
        FROM (SELECT DISTINCT project_id FROM series) AS with_images
        """
    )


def downgrade() -> None:
    op.drop_index("ix_patient_pseudonym_grams", "patient")
    op.execute("DROP FUNCTION text_grams(text)")
    op.drop_index("ix_series_attributes", "series")
    op.drop_column("series", "attributes")
