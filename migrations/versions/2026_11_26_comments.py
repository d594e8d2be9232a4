"""comments: threads beside a read, pinned to a place."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "comments"
down_revision = "outcomes"


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False),
        sa.Column("read_id", sa.Uuid, sa.ForeignKey("read.id"), nullable=False, index=True),
        sa.Column("thread_id", sa.Uuid, sa.ForeignKey("comment.id"), nullable=True),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("place", JSONB, nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid, sa.ForeignKey("user.id"), nullable=True),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON comment TO collimate_app")


def downgrade() -> None:
    op.drop_table("comment")
