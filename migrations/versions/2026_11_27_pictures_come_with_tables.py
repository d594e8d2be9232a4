"""An upload of a picture carries what a table says of it, until it is whole."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "pictures_come_with_tables"
down_revision = "maps_by_method"


def upgrade() -> None:
    op.add_column("upload", sa.Column("picture", postgresql.JSONB, nullable=True))


def downgrade() -> None:
    op.drop_column("upload", "picture")
