"""prompt sessions: what readers point at, the masks that answer, and where segments came from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "prompt_sessions"
down_revision = "found_studies_lie_ready"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "prompt_session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False),
        sa.Column(
            "read_id", sa.Uuid, sa.ForeignKey("read.id", ondelete="CASCADE"), nullable=False,
            index=True,
        ),
        sa.Column("series_id", sa.Uuid, nullable=False),
        sa.Column("reader_id", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("segmenter", sa.String, nullable=False),
        sa.Column("segmenter_version", sa.String, nullable=False),
        sa.Column("through_frames", sa.Boolean, nullable=False),
        sa.Column("prompts", JSONB, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
    )  # fmt: skip
    op.create_index(
        "ix_prompt_session_waiting", "prompt_session", ["asked_at"],
        postgresql_where=sa.text("closed_at IS NULL AND asked > answered"),
    )  # fmt: skip
    op.create_table(
        "prompt_frame",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column(
            "prompt_session_id", sa.Uuid,
            sa.ForeignKey("prompt_session.id", ondelete="CASCADE"), nullable=False,
        ),
        sa.Column("sop_instance_uid", sa.String, nullable=False),
        sa.Column("frame_number", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("runs", JSONB, nullable=False),
        sa.UniqueConstraint(
            "prompt_session_id", "sop_instance_uid", "frame_number",
            name="uq_prompt_frame_prompt_session_id",
        ),
    )  # fmt: skip
    op.add_column("annotation_revision", sa.Column("prompt_session_id", sa.Uuid, nullable=True))
    for table in ("prompt_session", "prompt_frame"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO collimate_app")


def downgrade() -> None:
    op.drop_column("annotation_revision", "prompt_session_id")
    op.drop_table("prompt_frame")
    op.drop_table("prompt_session")
