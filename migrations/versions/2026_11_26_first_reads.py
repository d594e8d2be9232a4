"""first reads: what a reader stood by before the model was shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "first_reads"
down_revision = "tombstones_know_pseudonyms"


def upgrade() -> None:
    op.create_table(
        "first_read",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False, index=True),
        sa.Column(
            "read_id", sa.Uuid, sa.ForeignKey("read.id", ondelete="CASCADE"), nullable=False,
            unique=True,
        ),
        sa.Column("author_id", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("revision_ids", JSONB, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("active_ms", sa.BigInteger, nullable=False),
        sa.Column("suggestion_id", sa.Uuid, nullable=False),
        sa.Column("suggested_key", sa.String, nullable=True),
    )  # fmt: skip
    # no right to delete: it goes only with its read, which the application cannot delete once used
    op.execute("GRANT SELECT, INSERT ON first_read TO collimate_app")
    op.execute(
        "CREATE TRIGGER refuse_rewriting BEFORE UPDATE ON first_read "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade() -> None:
    op.drop_table("first_read")
