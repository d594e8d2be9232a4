"""Large frames lie a second time as HTJ2K in resolution order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "large_frames_are_progressive"
down_revision = "keys_and_holds"


def upgrade() -> None:
    op.add_column("instance", sa.Column("progressive_sha256", sa.String, nullable=True))
    op.create_index("ix_instance_progressive_sha256", "instance", ["progressive_sha256"])
    op.add_column(
        "instance",
        sa.Column("progressive_ranges", JSONB, nullable=False, server_default=sa.text("'[]'")),
    )
    op.alter_column("instance", "progressive_ranges", server_default=None)


def downgrade() -> None:
    op.drop_column("instance", "progressive_ranges")
    op.drop_index("ix_instance_progressive_sha256", "instance")
    op.drop_column("instance", "progressive_sha256")
