"""Every picture has a perceptual hash that can be searched; every series sums up its quality."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "pictures_are_measured"
down_revision = "series_report_their_geometry"


def upgrade() -> None:
    op.add_column("instance", sa.Column("picture_hash", sa.BigInteger, nullable=True))
    op.add_column("instance", sa.Column("picture_bands", sa.ARRAY(sa.Integer), nullable=True))
    op.create_index(
        "ix_instance_picture_bands", "instance", ["picture_bands"], postgresql_using="gin"
    )
    op.add_column(
        "series", sa.Column("quality", JSONB, nullable=False, server_default=sa.text("'{}'"))
    )
    op.alter_column("series", "quality", server_default=None)
    op.execute("UPDATE series SET is_assessed = false")


def downgrade() -> None:
    op.drop_column("series", "quality")
    op.drop_index("ix_instance_picture_bands", "instance")
    op.drop_column("instance", "picture_bands")
    op.drop_column("instance", "picture_hash")
