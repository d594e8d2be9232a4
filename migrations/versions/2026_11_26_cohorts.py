"""Cohorts: a filter under a name, with or without the list of studies it found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "cohorts"
down_revision = "headers_can_be_searched"


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("project.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("filter", JSONB, nullable=False),
        sa.Column("is_frozen", sa.Boolean, nullable=False),
        sa.Column("made_by", sa.Uuid, sa.ForeignKey("user.id"), nullable=False),
        sa.UniqueConstraint("project_id", "name"),
    )
    op.create_table(
        "cohort_study",
        sa.Column(
            "cohort_id", sa.Uuid, sa.ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column(
            "study_id", sa.Uuid, sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True,
            index=True,
        ),
    )  # fmt: skip
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON cohort TO collimate_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON cohort_study TO collimate_app")


def downgrade() -> None:
    op.drop_table("cohort_study")
    op.drop_table("cohort")
