"""A deleted study says who took it away and why, and can be restored until it is purged."""

import sqlalchemy as sa
from alembic import op

revision = "deleted_studies_come_back"
down_revision = "uploads_and_pulls"


def upgrade() -> None:
    op.add_column("study", sa.Column("deleted_by", sa.Uuid, nullable=True))
    op.create_foreign_key(op.f("fk_study_deleted_by"), "study", "user", ["deleted_by"], ["id"])
    op.add_column("study", sa.Column("deletion_reason", sa.String, nullable=True))
    op.add_column("study", sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_study_deleted",
        "study",
        ["project_id", "deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_table(
        "spent_blob",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False, index=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON spent_blob TO collimate_app")


def downgrade() -> None:
    op.drop_table("spent_blob")
    op.drop_index("ix_study_deleted", "study")
    op.drop_column("study", "purged_at")
    op.drop_column("study", "deletion_reason")
    op.drop_constraint("fk_study_deleted_by", "study")
    op.drop_column("study", "deleted_by")
