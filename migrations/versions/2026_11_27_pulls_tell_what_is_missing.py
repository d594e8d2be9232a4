"""A pull tells how many images the server listed and did not send."""

import sqlalchemy as sa
from alembic import op

revision = "pulls_tell_what_is_missing"
down_revision = "maps_as_dicom"


def upgrade() -> None:
    op.add_column(
        "pull", sa.Column("missing_count", sa.Integer, nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("pull", "missing_count")
