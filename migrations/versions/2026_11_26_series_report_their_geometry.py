"""Each series says how far its geometry can be trusted; the study says the worst of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "series_report_their_geometry"
down_revision = "history_cannot_be_rewritten"


def upgrade() -> None:
    op.add_column("series", sa.Column("geometry", JSONB, nullable=True))
    op.add_column("series", sa.Column("trust", sa.String, nullable=True))
    op.add_column(
        "series", sa.Column("is_assessed", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.alter_column("series", "is_assessed", server_default=None)
    op.create_index(
        "ix_series_waits_for_assessment",
        "series",
        ["project_id"],
        postgresql_where=sa.text("NOT is_assessed"),
    )
    op.add_column("study", sa.Column("trust", sa.String, nullable=True))


def downgrade() -> None:
    op.drop_column("study", "trust")
    op.drop_index("ix_series_waits_for_assessment", "series")
    for name in ("is_assessed", "trust", "geometry"):
        op.drop_column("series", name)
