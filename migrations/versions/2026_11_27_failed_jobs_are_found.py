"""What was asked for and failed is found by what was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "failed_jobs_are_found"
down_revision = "pictures_come_with_tables"


def upgrade() -> None:
    op.create_index(
        "ix_job_dedup_key_failed",
        "job",
        ["dedup_key"],
        postgresql_where=sa.text("state = 'failed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_job_dedup_key_failed", "job")
