"""attributes: a label schema asks more than its classes and marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "attributes"
down_revision = "deleted_studies_come_back"


def upgrade() -> None:
    op.add_column(
        "label_schema",
        sa.Column("attributes", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
    )
    op.alter_column("label_schema", "attributes", server_default=None)


def downgrade() -> None:
    op.drop_column("label_schema", "attributes")
