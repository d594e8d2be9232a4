"""Uploads that can be gone on with, and pulls from other servers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "uploads_and_pulls"
down_revision = "studies_are_found_fast"


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False, index=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("file_name", sa.String, nullable=False),
        sa.Column("byte_count", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String, nullable=True),
        sa.Column("import_id", sa.Uuid, nullable=True),
        sa.Column("file_id", sa.Uuid, sa.ForeignKey("received_file.id"), nullable=True),
    )
    op.create_table(
        "pull",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False, index=True),
        sa.Column("ordered_by", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("wanted", JSONB, nullable=False),
        sa.Column("study_uids", JSONB, nullable=True),
        sa.Column("done_count", sa.Integer, nullable=False),
    )
    for table in ("upload", "pull"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO collimate_app")


def downgrade() -> None:
    op.drop_table("pull")
    op.drop_table("upload")
