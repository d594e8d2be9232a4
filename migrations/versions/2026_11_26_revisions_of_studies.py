"""A study counts the changes of its instances; metadata is kept packed; searches find their way."""

import sqlalchemy as sa
from alembic import op

revision = "revisions_of_studies"
down_revision = "segments"

EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    op.add_column("study", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "metadata_copy",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_metadata_copy_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_metadata_copy")),
    )
    op.create_index(op.f("ix_metadata_copy_study_id"), "metadata_copy", ["study_id"])
    # it is compressed already
    op.execute("ALTER TABLE metadata_copy ALTER COLUMN packed SET STORAGE EXTERNAL")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON metadata_copy TO collimate_app")
    op.create_index(
        "ix_study_newest_first",
        "study",
        ["project_id", sa.text("study_date DESC NULLS LAST"), sa.text("id DESC")],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_series_project_id_modality", "series", ["project_id", "modality", "study_id"]
    )
    op.create_index(
        "ix_patient_project_id_pseudonym",
        "patient",
        ["project_id", "pseudonym"],
        postgresql_ops={"pseudonym": "text_pattern_ops"},
    )
    op.execute(
        """
        CREATE FUNCTION count_study_revision() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE study SET revision = revision + 1
          WHERE id IN (SELECT study_id FROM changed);
          DELETE FROM metadata_copy WHERE study_id IN (SELECT study_id FROM changed);
          RETURN NULL;
        END $$
        """
    )
    for event, side in EVENTS.items():
        op.execute(
            f"CREATE TRIGGER count_study_revision_{event.lower()} AFTER {event} ON instance "
            f"REFERENCING {side} TABLE AS changed "
            "FOR EACH STATEMENT EXECUTE FUNCTION count_study_revision()"
        )


def downgrade() -> None:
    for event in EVENTS:
        op.execute(f"DROP TRIGGER count_study_revision_{event.lower()} ON instance")
    op.execute("DROP FUNCTION count_study_revision()")
    op.drop_index("ix_patient_project_id_pseudonym", "patient")
    op.drop_index("ix_series_project_id_modality", "series")
    op.drop_index("ix_study_newest_first", "study")
    op.drop_table("metadata_copy")
    op.drop_column("study", "revision")
