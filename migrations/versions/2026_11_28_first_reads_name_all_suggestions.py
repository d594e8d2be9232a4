"""first reads name all suggestions: of a case, or of each of its series or images."""

from alembic import op

revision = "first_reads_name_all_suggestions"
down_revision = "studies_have_clinical_texts"


def upgrade() -> None:
    # changing the type rewrites the table without the trigger that refuses rewriting
    op.execute(
        "ALTER TABLE first_read ALTER COLUMN suggestion_id TYPE jsonb "
        "USING jsonb_build_array(suggestion_id)"
    )
    op.execute("ALTER TABLE first_read RENAME COLUMN suggestion_id TO suggestion_ids")


def downgrade() -> None:
    op.execute("ALTER TABLE first_read RENAME COLUMN suggestion_ids TO suggestion_id")
    op.execute(
        "ALTER TABLE first_read ALTER COLUMN suggestion_id TYPE uuid "
        "USING (suggestion_id->>0)::uuid"
    )
