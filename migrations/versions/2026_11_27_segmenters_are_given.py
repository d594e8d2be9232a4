"""A segmenter may be given as a file; a prompt session says what its answer lacks."""

import sqlalchemy as sa
from alembic import op

revision = "segmenters_are_given"
down_revision = "models_may_answer"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "segmenter_file",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("weights_sha256", sa.String, nullable=False),
        sa.Column("source_sha256", sa.String, nullable=False),
        sa.Column("given_by", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
    )
    op.create_index(
        "uq_segmenter_file_serving", "segmenter_file", [sa.text("(true)")], unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )  # fmt: skip
    op.execute("GRANT SELECT, INSERT, UPDATE ON segmenter_file TO collimate_app")
    op.add_column("prompt_session", sa.Column("note", sa.String, nullable=False, server_default=""))
    op.alter_column("prompt_session", "note", server_default=None)


def downgrade() -> None:
    op.drop_column("prompt_session", "note")
    op.drop_table("segmenter_file")
